"""YAML files read so that they mean what stands in them.

YAML 1.1 and its readers keep the last of two equal keys, take ``010`` for 8, ``1:30`` for 90 and ``no`` for false. What
a person would read otherwise is refused, with its line.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from study.errors import StudyError
from study.spec.base import NUMBER_TEXT

DEEPEST = 40
"""Levels of nesting; the study's own files have 8."""
LARGEST = 200_000
"""Keys and values, those that anchors repeat included; the study's own files have some thousand."""
LARGEST_FILE = 16_000_000
"""Bytes."""

_TAG = "tag:yaml.org,2002:"
_TAGS = {f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map")}
_MERGE = f"{_TAG}merge"
_WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_YTE = "__use_yte__"


def read_strictly(file: Path, what: str = "configuration") -> dict[str, Any]:
    """The keys and values at the top level of a YAML (or JSON) file.

    StudyError, with the line where there is one, if they are not clear; ``what`` the file is begins the sentence.
    """
    where = f"{what} {file}"
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise StudyError(f"{where}: is larger than {LARGEST_FILE // 10**6} MB; give the name of a YAML file")
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise StudyError(f"{where}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise StudyError(f"{where}: is no text in UTF-8; give the name of a YAML file") from error
    try:
        return _read(text, where)
    except RecursionError as error:
        raise StudyError(f"{where}: is nested more than {DEEPEST} levels deep") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise StudyError(f"{where}: not valid YAML: {' '.join(str(error).split())}") from error


def _read(text: str, where: str) -> dict[str, Any]:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, MappingNode):
            raise StudyError(f"{where}: must hold keys and values at its top level")
        _check_size(node, where)
        for line, problem in _problems(node):
            raise StudyError(f"{where}, line {line}: {problem}")
        content: dict[str, Any] = loader.construct_document(node)
        return content
    finally:
        loader.dispose()


def _check_size(root: Node, where: str) -> None:
    """Refuse anchors that contain themselves, and what is too deep or too large once they are followed."""
    sizes: dict[int, int] = {}
    above: set[int] = set()

    def size(node: Node, depth: int) -> int:
        if id(node) in above:
            raise StudyError(f"{where}, line {_line(node)}: the anchor contains itself")
        if depth > DEEPEST:
            raise StudyError(f"{where}, line {_line(node)}: is nested more than {DEEPEST} levels deep")
        if id(node) not in sizes:
            above.add(id(node))
            sizes[id(node)] = 1 + sum(size(child, depth + 1) for child in _children(node))
            above.remove(id(node))
        return sizes[id(node)]

    if size(root, 0) > LARGEST:
        raise StudyError(f"{where}: has more than {LARGEST} keys and values once its anchors are followed")


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, SequenceNode):
        yield from node.value


def _problems(root: Node) -> Iterator[tuple[int, str]]:
    """What reads otherwise than it stands there, with its line."""
    seen: set[int] = set()
    todo = [root]
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.tag not in _TAGS and node.tag != _MERGE:
            yield _line(node), _unwanted(node)
        if isinstance(node, ScalarNode):
            yield from _scalar_problems(node)
        elif isinstance(node, MappingNode):
            yield from _key_problems(node)
        todo += reversed(list(_children(node)))


def _key_problems(mapping: MappingNode) -> Iterator[tuple[int, str]]:
    lines: dict[str, int] = {}
    for key, _ in mapping.value:
        if not isinstance(key, ScalarNode) or key.tag not in (f"{_TAG}str", _MERGE):
            shown = f"'{key.value}'" if isinstance(key, ScalarNode) else "a list or mapping"
            yield _line(key), f"the key {shown} does not read as text; put it in quotes"
            continue
        if key.value == _YTE:
            yield _line(key), f"{_YTE}: templates are not supported; write the values out"
        if key.value in lines:
            yield _line(key), f"the key '{key.value}' stands in line {lines[key.value]} already; keep one of the two"
        lines[key.value] = _line(key)


def _scalar_problems(node: ScalarNode) -> Iterator[tuple[int, str]]:
    text, line = node.value, _line(node)
    if _UNPRINTABLE.search(text):
        yield line, "the text holds a character that cannot be printed"
    if node.tag == f"{_TAG}int" and not _WHOLE_NUMBER.fullmatch(text):
        yield (
            line,
            f"'{text}' is read as another number than it looks; write decimal digits, or put it in quotes as text",
        )
    if node.tag == f"{_TAG}bool" and text.lower() not in ("true", "false"):
        yield line, f"'{text}' is read as true or false; write one of these, or put it in quotes as text"
    if node.tag == f"{_TAG}float" and not re.match(NUMBER_TEXT, text):
        yield line, f"'{text}' is no number in decimal digits; write it so, or in quotes as text"


def _unwanted(node: Node) -> str:
    name = node.tag.removeprefix(_TAG)
    shown = f"'{node.value}'" if isinstance(node, ScalarNode) and len(node.value) < 60 else "this value"
    return f"{shown} is read as {name}, which has no place here; put it in quotes if it is a text"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
