"""Configurations that nobody would write, by the thousand: each ends in a plan, or in sentences for people."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study.config.load import ROOT, read_config, validate
from study.config.strict_yaml import read_strictly
from study.errors import StudyError
from study.plan.planner import make_plan

CONFIG = ROOT / "config"
STUDIES = ("", "demo.yaml", "quick.yaml", "fast.yaml", "config.yaml audit.yaml")
MANY = settings(
    max_examples=2000, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
JARGON = re.compile(r"Input should|pydantic|validation error|Traceback|Error\b|NoneType|<class|dict\[|after validation")
"""What a program says to a programmer."""

Path_ = tuple[str | int, ...]


def configured(files: str) -> dict[str, Any]:
    config = read_config([CONFIG / name for name in files.split()], CONFIG / "config.yaml")
    return {**config, "claims": read_strictly(ROOT / config["claims"]), "cohort": {}}


BASES = [configured(files) for files in STUDIES]

NASTY = st.one_of(
    st.sampled_from(
        [
            *(None, True, False, 0, 1, -1, 2, 17, 10**12, -(10**9), 0.5, 1.0, -0.1, 1e-300, float("nan"), float("inf")),
            *("", " ", "none", "nothing", "1e-4", "0x10", "pytorch", "tensorflow", "scratch_pytorch", "pretraining"),
            *("{x}", "{{", "%s", "../..", "/", ".", "~", "a\nb", "a\0b", "\ud800", "ñ", "x" * 5000, "'", '"', "$HOME"),
            *(
                [],
                {},
                [None],
                [[]],
                {"": 1},
                {"name": "sgd"},
                {"layers": []},
                {"arm": "scratch_pytorch"},
                [1, 1],
                ["es"],
            ),
        ]
    ),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
)


def paths(value: Any, here: Path_ = ()) -> Iterator[Path_]:
    """All places in a configuration but its top."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*here, key)
        yield from paths(inner, (*here, key))


PATHS = [list(paths(base)) for base in BASES]


def at(config: Any, path: Path_) -> Any:
    for key in path:
        config = config[key]
    return config


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A configuration with one to three changes."""
    number = draw(st.integers(0, len(BASES) - 1))
    config = copy.deepcopy(BASES[number])
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PATHS[number]))
        change = draw(st.sampled_from(["replace", "remove", "repeat", "copy", "rename", "wrap"]))
        other = draw(st.sampled_from(PATHS[number]))
        value = draw(NASTY)
        try:
            apply(config, path, change, other, value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return config


def apply(config: dict[str, Any], path: Path_, change: str, other: Path_, value: Any) -> None:
    parent, key = at(config, path[:-1]), path[-1]
    old = parent[key]
    if change == "replace":
        parent[key] = value
    elif change == "remove":
        del parent[key]
    elif change == "copy":
        parent[key] = copy.deepcopy(at(config, other))
    elif change == "wrap":
        parent[key] = [old] if isinstance(value, str) else {"a": old}
    elif change == "repeat" and isinstance(parent, list):
        parent.append(copy.deepcopy(old))
    else:  # a mapping's key under another name, or beside itself
        parent[str(value)] = parent.pop(key) if change == "rename" else copy.deepcopy(old)


def check_sentences(text: str) -> None:
    assert text.strip()
    for line in text.splitlines():
        assert line.startswith("configuration") or line.startswith(("claims", "cohort")), line
        assert len(line) > len("configuration: x")
        assert not JARGON.search(re.sub(r"(is|line \d+:) .*?; ", "", line)), line


@MANY
@given(mutated())
def test_every_configuration_ends_in_a_plan_or_in_sentences(config: dict[str, Any]) -> None:
    try:
        make_plan(validate(config), ROOT)
    except StudyError as error:
        check_sentences(str(error))


TEXTS = [(CONFIG / name).read_text(encoding="utf-8") for name in ("config.yaml", "demo.yaml", "claims.yaml")]
PIECES = st.sampled_from(
    [
        "\t",
        "\n",
        ":",
        " - ",
        "{",
        "}",
        "[",
        "]",
        "&a ",
        "*a",
        "<<: *a",
        "!!set ",
        "'",
        '"',
        "#",
        "---\n",
        "010",
        "\0",
        "\x85",
    ]
)


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """A file's text with some lines removed, repeated or indented, and something set in."""
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["remove", "repeat", "indent", "insert"])):
            case "remove":
                del lines[place]
            case "repeat":
                lines.insert(place, lines[place])
            case "indent":
                lines[place] = f"  {lines[place]}"
            case _:
                column = draw(st.integers(0, len(lines[place])))
                lines[place] = lines[place][:column] + draw(PIECES) + lines[place][column:]
    return "\n".join(lines)


@settings(MANY, max_examples=150)
@given(text=spoiled())
def test_every_text_is_read_as_it_stands_or_refused_with_its_place(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "spoiled.yaml"
    file.write_text(text, encoding="utf-8", newline="")
    sentence, content = "", None
    try:
        content = read_strictly(file)
    except StudyError as error:
        sentence = str(error)
    if content is None:
        assert str(file) in sentence
        assert "\n" not in sentence
    else:
        assert content == yaml.safe_load(file.read_text(encoding="utf-8"))
