"""Reports of synthetic studies as text and as files."""

from collections.abc import Mapping
from pathlib import Path

import pypandoc

from study.audit.files import Audit
from study.config.languages import Language
from study.evaluation.files import Summary
from study.reporting.document import report_context
from study.reporting.figures.draw import draw_figures
from study.reporting.figures.names import figure_names
from study.reporting.rendering import render
from study.reporting.specs import ReportSpec

NASTY = 'Red <b>&</b> | *n* _k_ $x$ `c` [l](u) #1 "q" ~s~ ^u^ @z \\ — ñ'


def report_spec(
    language: Language = "es", file_format: str = "html", labels: Mapping[str, str] | None = None
) -> ReportSpec:
    settings = {"language": language, "format": file_format, "study_name": "p", "labels": labels or {}}
    return ReportSpec.model_validate(settings | {"template": "0" * 64})


def report_text(
    summary: Summary, found: Audit, labels: Mapping[str, str] | None = None, language: Language = "es"
) -> str:
    """The report as Markdown."""
    names = figure_names({arm["name"]: True for arm in summary.content["arms"]})
    context = report_context(report_spec(language, labels=labels), summary, found, names)
    return render("report", context, language)


def draw(folder: Path, summary: Summary, found: Audit, language: Language = "es") -> list[str]:
    """Draw all figures into a new folder; gives their names."""
    folder.mkdir()
    labels = {arm["name"]: arm["name"] for arm in summary.content["arms"]}
    return draw_figures(folder, summary, found, labels, language)


def plain(markdown: str) -> str:
    """A text without marks, as pandoc writes it."""
    text: str = pypandoc.convert_text(markdown, "plain", format="markdown-smart", extra_args=["--wrap=none"])
    return text


def front(text: str) -> str:
    """The first page of a report, as plain text."""
    return plain(text[text.index("::: front") : text.index("# Introduc")])
