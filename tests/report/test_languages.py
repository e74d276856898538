"""The report in one language says what it says in the other."""

import json
import re
from collections import Counter
from dataclasses import replace

from study.reporting.figures.names import figure_names
from study.reporting.phrases import phrases_of
from support.reports import plain, report_text
from support.synthetic_arms import document_arms


def test_both_languages_say_the_same_numbers(full):
    def numbers(language):
        text = plain(report_text(*full, language=language))
        point = phrases_of(language).numbers.point
        return Counter(re.findall(rf"\d+{re.escape(point)}\d\d(?=\u00a0%|%)", text.replace(",", point)))

    spanish, english = numbers("es"), numbers("en")
    assert sum(spanish.values()) > 100
    assert {key.replace(",", "."): value for key, value in spanish.items()} == dict(english)


def headings(text):
    return [len(line) - len(line.lstrip("#")) for line in text.splitlines() if re.match("#+ ", line)]


def test_both_languages_have_the_same_sections_and_figures(full):
    spanish, english = (report_text(*full, language=language) for language in ("es", "en"))
    assert headings(spanish) == headings(english)
    assert re.findall(r"\]\((\S+\.svg)\)", spanish) == re.findall(r"\]\((\S+\.svg)\)", english)
    assert {f"{name}.svg" for name in figure_names({arm.name: True for arm in document_arms()})} == set(
        re.findall(r"\]\((\S+\.svg)\)", english)
    )


def test_every_figure_has_a_caption_and_another_alternative_text(full):
    for language in ("es", "en"):
        figures = re.findall(
            r'^!\[(.+)\]\(\S+\.svg\)\{.*?alt="(.+)"\}$', report_text(*full, language=language), re.MULTILINE
        )
        assert len(figures) == 6 + 4 * 3
        assert all(caption != alternative for caption, alternative in figures)


def test_a_claim_that_was_written_in_one_language_stands_in_the_other_too(full):
    claims = json.loads(json.dumps(full[1].claims))
    for item in claims:
        item["claim"]["statement"].pop("en", None)
    assert "Desde cero, TensorFlow supera a PyTorch" in plain(
        report_text(full[0], replace(full[1], claims=claims), language="en")
    )
