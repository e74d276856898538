"""YAML and JSON files read so that they mean what they say.

YAML 1.1 and its readers keep the last of two equal keys, take ``010`` for 8, ``1:30`` for 90 and ``no`` for false.
Whatever a person would read differently is refused, with its line.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from study.errors import StudyError
from study.recipe.base import NUMBER_TEXT

DEEPEST = 40
"""Levels of nesting; the study's own files have 8."""
LARGEST = 200_000
"""Keys and values, including those repeated by anchors; the study's own files have some thousand."""
LARGEST_FILE = 16_000_000
"""Bytes."""
CONFIG_OPTIONS = ("--config", "-C")
"""Of Snakemake's command line."""
BOOLEAN_KEYS = ("shuffle",)
"""Keys whose values are true or false; for these, ``yes`` and ``no`` mean what they say."""
UNPRINTABLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff"
)
"""The content of a regular expression's brackets: control characters, surrogates, line ends, zero-width spaces and text
direction marks that no editor shows."""

_TAG = "tag:yaml.org,2002:"
_TAGS = {f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map")}
_MERGE = f"{_TAG}merge"
_WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_UNPRINTABLE = re.compile(f"[{UNPRINTABLE}]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_YTE = "__use_yte__"
_HIDDEN = "the text contains a character that cannot be printed; remove it"
_DIGITS = "write decimal digits, or put it in quotes if it is a string"


def read_strictly(file: Path, what: str = "configuration") -> dict[str, Any]:
    """Return the keys and values at the top level of a YAML or JSON file.

    Raises StudyError, with the line if known, if they are ambiguous; its sentence begins with ``what`` the file is.
    """
    where = f"{what} {file}"
    try:
        if file.exists() and not file.is_file():
            raise StudyError(f"{where}: is not a file; name a YAML file")
        if file.stat().st_size > LARGEST_FILE:
            raise StudyError(f"{where}: is larger than {LARGEST_FILE // 10**6} MB; name a YAML file")
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise StudyError(f"{where}: cannot be read ({error.strerror}); check its permissions") from error
    except UnicodeDecodeError as error:
        raise StudyError(f"{where}: is not UTF-8 text; name a YAML file") from error
    if hidden := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, hidden.start()) + 1
        raise StudyError(f"{where}, line {line}: {_HIDDEN}")
    try:
        return _read(text, where)
    except RecursionError as error:
        raise StudyError(f"{where}: is nested more than {DEEPEST} levels deep; flatten it") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise StudyError(f"{where}: not valid YAML: {_problem(error)}") from error


def entries_of(arguments: Sequence[str]) -> list[str]:
    """The entries KEY=VALUE that arguments of Snakemake's give with ``--config``."""
    entries: list[str] = []
    taken = False
    for argument in arguments:
        option, _, first = argument.partition("=")
        if argument.startswith("-"):
            taken = option in CONFIG_OPTIONS
            entries += [first] if taken and first else []
        elif taken:
            entries.append(argument)
    return entries


def check_entries(entries: Sequence[str]) -> None:
    """Refuse entries of a command line of which one key stands twice, or in whose value one does."""
    found: set[str] = set()
    for entry in entries:
        key, _, value = entry.partition("=")
        where = f"configuration: --config {key}"
        if key in found:
            raise StudyError(f"{where}: is given twice; keep one of the two")
        found.add(key)
        try:
            node = yaml.compose(value, Loader=yaml.BaseLoader)
        except yaml.YAMLError:
            continue  # then it is a text
        if twice := next(_repeated(node), None) if node else None:
            raise StudyError(f"{where}: the key '{twice}' stands there twice; keep one of the two")


def _repeated(node: Node) -> Iterator[str]:
    """Keys that stand twice in a mapping, at any depth."""
    if isinstance(node, MappingNode):
        counts = Counter(key.value for key, _ in node.value if isinstance(key, ScalarNode))
        yield from (key for key, count in counts.items() if count > 1)
    for child in _children(node):
        yield from _repeated(child)


def _problem(error: Exception) -> str:
    if not isinstance(error, yaml.MarkedYAMLError):
        return " ".join(str(error).split())
    mark = error.problem_mark or error.context_mark
    parts = (f"line {mark.line + 1}" if mark else None, error.context, error.problem)
    return ": ".join(part for part in parts if part)


def _read(text: str, where: str) -> dict[str, Any]:
    # As Snakemake does: JSON is not read as YAML, which allows no tab between two values.
    from_json = _from_json(text)
    loader = yaml.SafeLoader(text if from_json is None else text.replace("\t", " "))
    try:
        node = loader.get_single_node()
        if not isinstance(node, MappingNode):
            raise StudyError(f"{where}: must have keys and values at its top level")
        _check_size(node, where)
        for line, problem in _problems(node, from_json is not None):
            raise StudyError(f"{where}, line {line}: {problem}")
        content: dict[str, Any] = loader.construct_document(node) if from_json is None else from_json
        return content
    finally:
        loader.dispose()


def _from_json(text: str) -> Any:
    """Return the content of a JSON text; None if it is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _check_size(root: Node, where: str) -> None:
    """Refuse anchors that contain themselves, and content that is too deep or too large once anchors are followed."""
    sizes: dict[int, int] = {}
    above: set[int] = set()

    def size(node: Node, depth: int) -> int:
        if id(node) in above:
            raise StudyError(f"{where}, line {_line(node)}: the anchor contains itself; write its content out")
        if depth > DEEPEST:
            raise StudyError(f"{where}, line {_line(node)}: is nested more than {DEEPEST} levels deep; flatten it")
        if id(node) not in sizes:
            above.add(id(node))
            sizes[id(node)] = 1 + sum(size(child, depth + 1) for child in _children(node))
            above.remove(id(node))
        return sizes[id(node)]

    if size(root, 0) > LARGEST:
        raise StudyError(f"{where}: has more than {LARGEST} keys and values once its anchors are followed; shorten it")


def _children(node: Node) -> Iterator[Node]:
    for key, child in _items(node):
        if key is not None:
            yield key
        yield child


def _items(node: Node) -> Iterator[tuple[Node | None, Node]]:
    """Yield the values of a node, each with its key if it has one."""
    if isinstance(node, MappingNode):
        yield from node.value
    elif isinstance(node, SequenceNode):
        yield from ((None, child) for child in node.value)


def _problems(root: Node, is_json: bool) -> Iterator[tuple[int, str]]:
    """Yield what YAML reads differently from how it looks, with its line."""
    seen: set[int] = set()
    todo: list[tuple[Node | None, Node]] = [(None, root)]
    while todo:
        key, node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, ScalarNode):
            yield from _scalar_problems(node, is_json, isinstance(key, ScalarNode) and key.value in BOOLEAN_KEYS)
        elif node.tag not in _TAGS:
            yield _line(node), _unwanted(node)
        if isinstance(node, MappingNode):
            yield from _key_problems(node, is_json)
        todo += reversed(list(_items(node)))


def _key_problems(mapping: MappingNode, is_json: bool) -> Iterator[tuple[int, str]]:
    lines: dict[str, int] = {}
    for key, _ in mapping.value:
        if not isinstance(key, ScalarNode) or key.tag not in (f"{_TAG}str", _MERGE):
            shown = f"'{key.value}'" if isinstance(key, ScalarNode) else "a list or mapping"
            yield _line(key), f"the key {shown} is not read as a string; put it in quotes"
            continue
        if not is_json and key.value == _YTE:
            yield _line(key), f"{_YTE}: templates are not supported; write the values out"
        if key.value in lines:
            yield _line(key), f"the key '{key.value}' is already in line {lines[key.value]}; keep one of the two"
        lines[key.value] = _line(key)
        if key.tag != _MERGE:
            yield from _scalar_problems(key, is_json, False)


def _scalar_problems(node: ScalarNode, is_json: bool, is_boolean: bool) -> Iterator[tuple[int, str]]:
    text, line, name = node.value, _line(node), node.tag.removeprefix(_TAG)
    if _UNPRINTABLE.search(_PAIR.sub("", text) if is_json else text):
        yield line, _HIDDEN
    if node.tag not in _TAGS:
        yield line, _unwanted(node)
    if name == "int" and not _WHOLE_NUMBER.fullmatch(text):
        yield line, f"'{text}' is read as a different number than it looks; {_DIGITS}"
    if name == "float" and not re.fullmatch(NUMBER_TEXT, text):
        yield line, f"'{text}' is not a number in decimal digits; {_DIGITS}"
    if name == "bool" and not is_boolean and text.lower() not in ("true", "false"):
        yield line, f"'{text}' is read as true or false; write one of these, or put it in quotes if it is a string"
    if _has_swallowed_an_item(node):
        yield (
            line,
            "the text continues in a line that begins with a dash; add a space after the dash, or put it in quotes",
        )


def _has_swallowed_an_item(node: ScalarNode) -> bool:
    """Return whether an unquoted text runs on over ``-item``, which looks like the next item of a list."""
    start, end = node.start_mark, node.end_mark
    if node.style is not None or start.line == end.line or start.buffer is None:
        return False
    _, *others = start.buffer[start.pointer : end.pointer].splitlines()
    return any(line.lstrip().startswith("-") for line in others)


def _unwanted(node: Node) -> str:
    name = node.tag.removeprefix(_TAG)
    shown = f"'{node.value}'" if isinstance(node, ScalarNode) and len(node.value) < 60 else "this value"
    return f"{shown} is read as {name}, which is not allowed here; put it in quotes if it is a string"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
