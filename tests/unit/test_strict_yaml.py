"""Configuration files mean what they say, or are refused with the line."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel

from study.config import strict_yaml
from study.config.load import check_files, read_config, validate
from study.config.strict_yaml import check_entries, entries_of, read_strictly
from study.config.study import Study
from study.errors import StudyError
from support.paths import CONFIG


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


def refusal(file: Path, content: str | bytes) -> str:
    """The sentence with which a file of this content is refused, without its name."""
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    with pytest.raises(StudyError) as refused:
        read_strictly(file)
    sentence = str(refused.value)
    assert sentence.startswith(f"configuration {file}")
    assert "\n" not in sentence
    assert "<unicode string>" not in sentence
    return sentence.removeprefix(f"configuration {file}").lstrip(",: ")


TWICE = [
    ("study: {name: a}\nthreads: 1\nstudy: {seeds: [1]}\n", 3, "study", 1),
    ("arms:\n  a:\n    epochs: 3\n    batch_size: 1\n    epochs: 30\n", 5, "epochs", 3),
    ("a: {b: 1, c: 2,\n b: 1}\n", 2, "b", 1),
    ("a:\n  - x: 1\n    'x': 2\n", 3, "x", 2),
    ("a: &a {x: 1}\nb: &b {y: 1}\nc:\n  <<: *a\n  <<: *b\n", 5, "<<", 4),
    ('{"a": {"b": 1,\n"b": 1}}', 2, "b", 1),
    ('{\n\t"a": 1,\n\t"\\u0061": 2\n}', 3, "a", 2),
]


@pytest.mark.parametrize(("content", "line", "key", "first"), TWICE)
def test_a_key_that_stands_twice_is_refused_with_both_lines(
    file: Path, content: str, line: int, key: str, first: int
) -> None:
    assert refusal(file, content) == f"line {line}: the key '{key}' is already in line {first}; keep one of the two"


NUMBERS = ["010", "-010", "0x1F", "0b11", "1_000", "1:30", "1:30.5", "1_0.5", ".inf", "-.INF", ".nan", "0_1", "00"]


@pytest.mark.parametrize("written", NUMBERS)
@pytest.mark.parametrize("template", ["a: {}\n", "a:\n  - 1\n  - {}\n", "a: [x, {}]\n"])
def test_numbers_that_yaml_reads_as_others_are_refused(file: Path, written: str, template: str) -> None:
    sentence = refusal(file, template.format(written))
    assert sentence.startswith(f"line {template.count('- ') + 1}: '{written}' is ")
    assert "write decimal digits" in sentence


@pytest.mark.parametrize("written", ["yes", "No", "ON", "off"])
def test_words_that_yaml_reads_as_truth_values_are_refused_where_they_could_be_text(file: Path, written: str) -> None:
    for content in (f"name: {written}\n", f"label: {{es: {written}}}\n", f"languages: [{written}]\n"):
        assert f"'{written}' is read as true or false" in refusal(file, content)
    file.write_text(f"shuffle: {written}\nname: '{written}'\n", encoding="utf-8")
    assert read_strictly(file) == {"shuffle": written.lower() in ("yes", "on"), "name": written}


def test_the_keys_that_may_hold_yes_and_no_are_those_of_the_models() -> None:
    found: set[str] = set()
    todo: list[Any] = [Study]
    seen: set[Any] = set()
    while todo:
        here = todo.pop()
        if isinstance(here, type) and issubclass(here, BaseModel) and here not in seen:
            seen.add(here)
            found |= {name for name, field in here.model_fields.items() if field.annotation is bool}
            todo += [field.annotation for field in here.model_fields.values()]
        todo += get_args(here)
    assert found == set(strict_yaml.BOOLEAN_KEYS)


KEYS = ["no", "on", "1", "1.1", "null", "~", "2024-01-01", "[a, b]", "{a: b}", "true"]


@pytest.mark.parametrize("key", KEYS)
def test_keys_that_do_not_read_as_text_are_refused(file: Path, key: str) -> None:
    assert refusal(file, f"a:\n  ? {key}\n  : 1\n").startswith("line 2: the key ")
    assert refusal(file, f"? {key}\n: 1\n").endswith("is not read as a string; put it in quotes")


UNWANTED = [
    "2024-01-01",
    "2024-01-01T10:00:00Z",
    "=",
    "!!binary aGFsbG8=",
    "!!set {a, b}",
    "!!omap [a: 1]",
    "!!python/object/apply:os.getcwd []",
    "!mine x",
]


@pytest.mark.parametrize("written", UNWANTED)
def test_values_that_are_neither_text_nor_number_nor_truth_value_are_refused(file: Path, written: str) -> None:
    sentence = refusal(file, f"a: 1\nb: {written}\n")
    assert sentence.startswith("line 2: ")
    assert "is not allowed here" in sentence


NASTY = ['"a\\0b"', '"\\ud800"', '"\\x1b[31m"', '"\\u202e"', "a\u202eb", "\ufeffa", "a\x00b", "a\x85b"]


@pytest.mark.parametrize("written", NASTY)
def test_characters_that_nobody_sees_are_refused_in_values_and_keys(file: Path, written: str) -> None:
    said = "line 2: the text contains a character that cannot be printed; remove it"
    assert refusal(file, f"a: 1\nb: {written}\n") == said
    assert refusal(file, f"a: 1\n? {written}\n: 1\n") == said


BROKEN = [
    (b"\xff\xfea\x00", "is not UTF-8 text"),
    (b"\x80\x81\x82", "is not UTF-8 text"),
    (b"", "must have keys and values at its top level"),
    (b"- a\n", "must have keys and values at its top level"),
    (b'["a"]', "must have keys and values at its top level"),
    (b"a: 1\n---\nb: 2\n", "not valid YAML: line 2: "),
    (b"a:\n\tb: 1\n", "not valid YAML: line 2: "),
    (b"a: *nowhere\n", "not valid YAML: line 1: found undefined alias 'nowhere'"),
    (b"a: [" * 3000, "is nested more than"),
    (b'{"a":' * 200_000, "is nested more than"),
    (b"a: " + b"1" * 5000, "not valid YAML: "),
    (b"a: &a [*a]\n", "line 1: the anchor contains itself"),
    (b"a: &a\n  b: {c: *a}\n", "line 1: the anchor contains itself"),
    (b"authors:\n- Mar\n  -N\n", "line 2: the text continues in a line that begins with a dash"),
    (b"__use_yte__: true\na: 1\n", "line 1: __use_yte__: templates are not supported"),
]


@pytest.mark.parametrize(("content", "sentence"), BROKEN)
def test_what_is_no_configuration_is_refused_in_one_sentence(file: Path, content: bytes, sentence: str) -> None:
    assert refusal(file, content).startswith(sentence)


def test_anchors_that_multiply_are_refused_before_they_fill_the_memory(file: Path) -> None:
    lines = ["a0: &a0 {x: 1}"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "has more than 200000 keys and values" in refusal(file, "\n".join(lines))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path, Path("/dev/zero")):
        with pytest.raises(StudyError, match="is not a file"):
            read_strictly(place)


ACCEPTED = [
    ("a: 1e-4\n", {"a": "1e-4"}),
    ("a: [0, -1, +2, 10, 0.5, .5, 1.5e-3]\n", {"a": [0, -1, 2, 10, 0.5, 0.5, 1.5e-3]}),
    ("a: '010'\nb: \"1:30\"\n", {"a": "010", "b": "1:30"}),
    ("a: null\nb:\nc: ~\n", {"a": None, "b": None, "c": None}),
    ("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n", {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}}),
    ("\ufeffa: ñ\r\nb: 2\r\n", {"a": "ñ", "b": 2}),
    ("a: two\n  lines\nb: |\n  -x\n  y\n", {"a": "two lines", "b": "-x\ny\n"}),
    ("a: https://host/a-b:80\n", {"a": "https://host/a-b:80"}),
    ("a: 😀\n", {"a": "😀"}),
    ('{\n\t"a":\t[1E3, "\\ud83d\\ude00", "\\/"]\n}', {"a": [1000.0, "😀", "/"]}),
]


@pytest.mark.parametrize(("content", "expected"), ACCEPTED)
def test_what_is_clear_is_read_as_it_stands(file: Path, content: str, expected: dict[str, Any]) -> None:
    file.write_text(content, encoding="utf-8", newline="")
    assert read_strictly(file) == expected


@pytest.mark.parametrize("path", sorted(CONFIG.glob("*.yaml")), ids=lambda path: path.name)
def test_the_studys_own_files_are_clear(path: Path) -> None:
    assert read_strictly(path) == yaml.safe_load(path.read_text(encoding="utf-8"))


def test_every_file_of_a_study_is_read_strictly(tmp_path: Path) -> None:
    double = tmp_path / "double.yaml"
    double.write_text("claims: []\nclaims: []\n", encoding="utf-8")
    sentence = "line 2: the key 'claims' is already in line 1"
    with pytest.raises(StudyError, match=f"^configuration {double}, {sentence}"):
        read_config([double])
    with pytest.raises(StudyError, match=f"^configuration {double}, {sentence}"):
        check_files([CONFIG / "demo.yaml", double])
    for part in ("claims", "cohort"):
        with pytest.raises(StudyError, match=f"^{part} {double}, {sentence}"):
            validate({**read_config([CONFIG / "demo.yaml"]), part: str(double)})


def test_json_means_the_same_as_yaml(tmp_path: Path) -> None:
    config = read_config([CONFIG / "demo.yaml"])
    (tmp_path / "demo.json").write_text(json.dumps(config, indent="\t"), encoding="utf-8")
    assert validate(read_config([tmp_path / "demo.json"])) == validate(config)


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        (["threads=1", "threads=2"], "configuration: --config threads: is given twice; keep one of the two"),
        (["study={seeds: [1], seeds: [2]}"], "configuration: --config study: the key 'seeds' stands there twice"),
        (['study={"a": {"b": 1, "b": 2}}'], "configuration: --config study: the key 'b' stands there twice"),
        (["arms=[{a: 1, a: 1}]"], "configuration: --config arms: the key 'a' stands there twice"),
    ],
)
def test_entries_of_the_command_line_with_two_equal_keys_are_refused(entries: list[str], sentence: str) -> None:
    with pytest.raises(StudyError, match=re.escape(sentence)):
        check_entries(entries)


def test_other_entries_are_as_snakemake_reads_them() -> None:
    check_entries(["threads=2", "study={seeds: [1, 1]}", "results=a: b: c", "device=", "name={x", "parity='none'"])


def test_entries_are_found_wherever_they_stand() -> None:
    arguments = [
        "-n",
        "--config",
        "a=1",
        "b={c=2}",
        "--cores",
        "4",
        "all",
        "-C",
        "d=3",
        "--config=e=4",
        "f=5",
        "--configfile",
        "g=6",
    ]
    assert entries_of(arguments) == ["a=1", "b={c=2}", "d=3", "e=4", "f=5"]
