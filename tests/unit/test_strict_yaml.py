from pathlib import Path

import pytest
import yaml

from study.errors import StudyError
from study.spec.load import ROOT
from study.spec.strict_yaml import read_strictly

SELF = "a: &x {b: *x}"
MANY = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 8)}]" for i in range(1, 9))]
)

REFUSED = [
    ("a: 1\nb: 2\na: 3", 3, "the key 'a' stands in line 1 already"),
    ("study: {name: x}\nb: 1\nstudy: {seeds: [0]}", 3, "the key 'study' stands in line 1 already"),
    ("a:\n  - {b: 1, c: 2, b: 3}", 2, "the key 'b' stands in line 2 already"),
    ('a: 1\n"a": 2', 2, "the key 'a' stands in line 1 already"),
    ("x: {<<: {a: 1}, <<: {b: 2}}", 1, "the key '<<' stands in line 1 already"),
    ('{"a": 1, "b": 2, "a": 3}', 1, "the key 'a' stands in line 1 already"),
    ("b: 1\na: 010", 2, "'010' is read as another number than it looks"),
    ("a: 0x1F", 1, "'0x1F' is read as another number"),
    ("a: 0b11", 1, "'0b11' is read as another number"),
    ("a: 1_000", 1, "'1_000' is read as another number"),
    ("a: 1:30", 1, "'1:30' is read as another number"),
    ("a: 1:30.5", 1, "'1:30.5' is no number in decimal digits"),
    ("a: 1_0.5", 1, "'1_0.5' is no number in decimal digits"),
    ("a: .inf", 1, "'.inf' is no number in decimal digits"),
    ("a: .NaN", 1, "'.NaN' is no number in decimal digits"),
    ("a: [1, no]", 1, "'no' is read as true or false"),
    ("a: On", 1, "'On' is read as true or false"),
    ("a: 2024-01-01", 1, "'2024-01-01' is read as timestamp"),
    ("a: 2024-01-01 10:00:00", 1, "is read as timestamp"),
    ("2024-01-01: 1", 1, "the key '2024-01-01' does not read as text"),
    ("no: 1", 1, "the key 'no' does not read as text"),
    ("a:\n  1.1: 2", 2, "the key '1.1' does not read as text"),
    ("~: 1", 1, "the key '~' does not read as text"),
    ("? [a]\n: 1", 1, "the key a list or mapping does not read as text"),
    ("a: =", 1, "'=' is read as value"),
    ("a: !!binary aGk=", 1, "'aGk=' is read as binary"),
    ("a: !!set {x}", 1, "this value is read as set"),
    ("a: !!python/name:os.system x", 1, "is read as python/name:os.system"),
    (SELF, 1, "the anchor contains itself"),
    ("a: &x [*x]", 1, "the anchor contains itself"),
    ('a: "x\\0"', 1, "holds a character that cannot be printed"),
    ('a: "\\ud800"', 1, "holds a character that cannot be printed"),
    ("__use_yte__: true", 1, "templates are not supported"),
    ("a: " + "[" * 60 + "]" * 60, 1, "is nested more than 40 levels deep"),
]


@pytest.mark.parametrize(("text", "line", "sentence"), REFUSED)
def test_what_reads_otherwise_than_it_stands_is_refused_with_its_line(
    text: str, line: int, sentence: str, tmp_path: Path
) -> None:
    assert f"mine.yaml, line {line}: " in (refused := refusal(tmp_path, text.encode()))
    assert sentence in refused


WHOLE = [
    (b"a: 1\n---\nb: 2", "not valid YAML: expected a single document"),
    (b"a:\t1\n\tb: 2", "not valid YAML: "),
    (b"a: *nowhere", "not valid YAML: found undefined alias"),
    (b"- a", "must hold keys and values at its top level"),
    (b"", "must hold keys and values at its top level"),
    (b"\xff\xfe\x00\x01", "is no text in UTF-8"),
    (b"a: \x00", "not valid YAML: "),
    (b"a: " + b"[" * 5000 + b"]" * 5000, "is nested more than 40 levels deep"),
    (MANY.encode(), "has more than 200000 keys and values once its anchors are followed"),
]


@pytest.mark.parametrize(("content", "sentence"), WHOLE, ids=[str(number) for number in range(len(WHOLE))])
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(content: bytes, sentence: str, tmp_path: Path) -> None:
    assert sentence in refusal(tmp_path, content)


def refusal(folder: Path, content: bytes) -> str:
    file = folder / "mine.yaml"
    file.write_bytes(content)
    with pytest.raises(StudyError) as refused:
        read_strictly(file)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1e-4\nb: 1.5\nc: .5\nd: -3\ne: +3.0e+2\nf: 0\ng: 08\nh: 1.1.1",
        'a: "no"\nb: "010"\nc: "2024-01-01"\nd: true\ne: False\nf: null\ng: ~\nh:',
        "a: &x {b: 1}\nc: {<<: *x, b: 2}\nd: [*x, *x]",
        '"1.1": 1\nñ: Ñandú\n',
        '{"a": [1, {"b": null}]}',
        "\ufeffa: 1",
    ],
)
def test_what_reads_as_it_stands_is_read_as_ever(text: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    assert read_strictly(file) == yaml.safe_load(text)


@pytest.mark.parametrize("file", sorted((ROOT / "config").glob("*.yaml")), ids=lambda file: file.name)
def test_the_studys_own_files_read_as_they_stand(file: Path) -> None:
    assert read_strictly(file) == yaml.safe_load(file.read_text(encoding="utf-8"))
