"""Reading configuration files into a validated study."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from study.config.document import PERCENTAGE
from study.config.folders import check_results
from study.config.in_file import IN_FILES
from study.config.laid_over import joined_block
from study.config.strict_yaml import UNPRINTABLE, read_strictly
from study.config.study import Study
from study.errors import StudyError
from study.recipe.base import LARGEST_COUNT, NOT_BLANK

DEFAULT_CONFIG = "config/config.yaml"
ROOT = Path(__file__).resolve().parents[3]
"""The folder of the Snakefile."""
_UNPRINTABLE = re.compile(f"[{UNPRINTABLE}]")
_WANTED = {NOT_BLANK: "must not be blank", PERCENTAGE: "must be a percentage, such as 61.59%"}


def merge(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``overlay`` laid over it: mappings key by key, everything else replaced whole."""
    merged = dict(base)
    for key, value in overlay.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def read_config(files: Sequence[Path], default: Path = Path(DEFAULT_CONFIG)) -> dict[str, Any]:
    """Merge configuration files as the Snakefile does: the default comes first unless a file has arms."""
    overlay: dict[str, Any] = {}
    for file in files:
        overlay = merge(overlay, read_strictly(file))
    return overlay if "arms" in overlay else merge(read_strictly(default), overlay)


def merged_files(files: Sequence[Path], default: Path = Path(DEFAULT_CONFIG)) -> list[Path]:
    """The files that ``read_config`` merges."""
    return [*files] if any("arms" in read_strictly(file) for file in files) else [default, *files]


def check_files(files: Sequence[Path]) -> None:
    """Refuse configuration files that YAML, and so Snakemake's own reader, reads differently from what they say."""
    for file in files:
        read_strictly(file)


def validate(config: Mapping[str, Any], files: Sequence[Path] = ()) -> Study:
    """The study that a merged configuration describes; StudyError with a line per mistake if it describes none.

    The parts that are given as names of files are read. ``files`` are those that were merged, in their order: mistakes
    that come of their merging name them.
    """
    _check_texts(config)
    names = {key: config[key] for key in IN_FILES if isinstance(config.get(key), str)}
    config = {**config, **{key: read_strictly(ROOT / name, key) for key, name in names.items()}}
    try:
        study = Study.model_validate(config)
    except ValidationError as error:
        # A list without a single valid entry counts as empty too.
        details = [item for item in error.errors() if not (item["type"] == "too_short" and item["input"])]
        lines = _one_per_mistake([_sentence(detail, config, files) for detail in details])
        raise StudyError("\n".join(f"configuration: {printable(line)}" for line in lines)) from None
    _check_frozen(config, files)
    check_results(study.results, Path.cwd(), ROOT)
    return study


def _check_frozen(config: Mapping[str, Any], files: Sequence[Path]) -> None:
    """Refuse frozen layers that two files name in two ways: only what one file says of both is meant together."""
    for name, arm in config["arms"].items():
        frozen = arm.get("frozen")
        if isinstance(frozen, Mapping) and (joined := joined_block(("arms", name, "frozen"), frozen, files)):
            raise StudyError(f"configuration: arms.{name}.frozen: names frozen layers in two ways{joined}")


def _check_texts(config: Mapping[str, Any]) -> None:
    """Refuse invisible characters, which may come from the command line too."""
    for path, text in _texts(config):
        if _UNPRINTABLE.search(text):
            raise StudyError(
                f"configuration: {printable(path)}: contains a character that cannot be printed; remove it"
            )


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield all strings of a configuration, including its keys, each with the path of what it belongs to."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield path, str(key)
            yield from _texts(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, Sequence):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{number}".lstrip("."))


def _one_per_mistake(sentences: Sequence[str]) -> list[str]:
    """Merge sentences about the same place into one that lists all alternatives."""
    wanted: dict[str, list[str]] = {}
    for sentence in sentences:
        found, _, what = sentence.partition("; must be ")
        wanted.setdefault(found, []).append(what)
    several = {found: " or ".join(dict.fromkeys(what)) for found, what in wanted.items()}
    return [f"{found}; must be {what}" if what else found for found, what in several.items()]


def _sentence(detail: ErrorDetails, config: Mapping[str, Any], files: Sequence[Path]) -> str:
    keys = _keys(detail["loc"], config, detail["input"])
    path = ".".join(keys)
    prefix = f"{path}: " if path else ""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return f"{'.'.join(p for p in (path, str(detail['loc'][-1])) if p)}: this key is missing"
        case "unknown_key" | "two_forms":
            # A misspelled key is of no other form.
            joined = "" if context.get("hint") else joined_block(keys, detail["input"], files)
            return f"{prefix}{detail['msg']}{joined}"
        case "value_error":
            return f"{prefix}{context['error']}"
        case "union_tag_invalid":
            key = str(context["discriminator"]).strip("'")
            return f"{path}.{key}: is {_show(context['tag'])}; must be one of {context['expected_tags']}"
        case "union_tag_not_found":
            key = str(context["discriminator"]).strip("'")
            return f"{path}.{key}: this key is missing"
        case "string_pattern_mismatch":
            wanted = _WANTED.get(context["pattern"], f"must match {context['pattern']}")
            return f"{prefix}is {_show(detail['input'])}; {wanted}"
        case "literal_error" if f"'{detail['input']}'" in str(context["expected"]):
            return f"{prefix}is the number {_show(detail['input'])}; put it in quotes"
        case "too_short":
            return f"{prefix}is {_show(detail['input'])}; must not be empty"
        case "tuple_type" | "list_type":
            return f"{prefix}is {_show(detail['input'])}; must be a list"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"{prefix}is {_show(detail['input'])}; must be keys and values"
        case "int_parsing_size":
            return f"{prefix}is {_show(detail['input'])}; must be a whole number up to {LARGEST_COUNT}"
        case "string_type":
            return f"{prefix}is {_show(detail['input'])}; must be a string"
        case "bool_parsing" | "bool_type":
            return f"{prefix}is {_show(detail['input'])}; must be true or false"
        case _:
            message = re.sub(r"^\w+ should (be|have|match)", r"must \1", detail["msg"])
            return f"{prefix}is {_show(detail['input'])}; {message[0].lower()}{message[1:]}"


def _keys(loc: tuple[int | str, ...], config: Mapping[str, Any], found: Any) -> list[str]:
    """The path of a key, where ``found`` stands; what ``loc`` has beside keys (tags of unions) is left out."""
    here: Any = config
    parts: list[str] = []
    for number, part in enumerate(loc, start=1):
        try:
            inner = here[part]
        except (KeyError, IndexError, TypeError):
            continue
        if _is_key(inner, here, found, loc[number:]):
            here = inner
            parts.append(str(part))
    return parts


def _is_key(inner: Any, here: Any, found: Any, rest: Sequence[int | str]) -> bool:
    """Return whether a part of a location is a key: the tag of a union can also be the name of a key."""
    is_found = inner is found or inner == found
    if not rest:
        return is_found or here != found
    return isinstance(inner, Mapping | list) or (is_found and rest[0] not in here)


def printable(text: str) -> str:
    """Return a text on one line, with an escape for everything that a terminal or a UTF-8 file cannot show."""
    return re.sub(f"[\t\n\r{UNPRINTABLE}]", lambda found: repr(found.group())[1:-1], text)


def _show(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
