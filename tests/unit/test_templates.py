"""Numbers in words, and what templates may hold."""

import numpy as np
import pytest

from study.reporting import templates
from study.reporting.markdown import escape
from study.reporting.phrases import phrases_of

ES, EN = (phrases_of(language).numbers for language in ("es", "en"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (ES.percent(0.6159), "61,59\u00a0%"),
        (ES.percent(1.0), "100,00\u00a0%"),
        (ES.points(0.1875), "+18,75"),
        (ES.points(-0.032), "−3,20"),
        (ES.points(-0.00001), "+0,00"),
        (ES.spread(0.62, 0.01), "62,00\u00a0±\u00a01,00\u00a0%"),
        (ES.spread(0.62, None), "62,00\u00a0%"),
        (ES.printed_percent("93%"), "93\u00a0%"),
        (ES.printed_percent("61.59 %"), "61,59\u00a0%"),
        (ES.share(0.125), "12,5\u00a0%"),
        (ES.share(1e-4), "0,01\u00a0%"),
        (ES.decimal(5e-05), "0,00005"),
        (ES.decimal(70.0), "70"),
        (ES.decimal(np.float64(0.25)), "0,25"),
        (ES.count(9216), "9216"),
        (ES.count(50_000), "50\u00a0000"),
        (ES.duration(4.24), "4,2\u00a0s"),
        (ES.duration(150), "2\u00a0min 30\u00a0s"),
        (ES.duration(3900), "1\u00a0h 05\u00a0min"),
    ],
)
def test_numbers_are_written_as_in_spanish(written, expected):
    assert written == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (EN.percent(0.6159), "61.59%"),
        (EN.points(-0.032), "−3.20"),
        (EN.spread(0.62, 0.01), "62.00\u00a0±\u00a01.00%"),
        (EN.printed_percent("93%"), "93%"),
        (EN.share(0.07), "7%"),
        (EN.decimal(5e-05), "0.00005"),
        (EN.count(50_000), "50,000"),
        (EN.duration(4.24), "4.2\u00a0s"),
    ],
)
def test_numbers_are_written_as_in_english(written, expected):
    assert written == expected


def test_a_number_without_a_form_is_refused():
    with pytest.raises(TypeError, match=r"prints 0\.5; pass it through a filter"):
        escape(0.5)


def test_no_accuracy_is_typed_into_a_template():
    for file in templates.template_files("es"):
        text = file.read_text(encoding="utf-8")
        for figure in ("61,59", "61.59", "80,34", "80.34", "76,08", "96,32", "93 %", "67 %", "18,75"):
            assert figure not in text, (file.name, figure)


def test_the_digest_follows_the_templates(tmp_path, monkeypatch):
    before = templates.template_digest("es")
    for file in templates.template_files("es"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "caption.rst").write_text("no part of the report", encoding="utf-8")
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    assert templates.template_digest("es") == before
    with open(tmp_path / "style.css", "a", encoding="utf-8") as file:
        file.write("/* more */")
    assert templates.template_digest("es") != before
