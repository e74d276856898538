"""The study's document, written from its summary."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import pypandoc
import typst
from pydantic import Field

from study.audit.files import Audit
from study.errors import StudyError
from study.reporting.audit import evidence, printed
from study.reporting.figures import draw_confusion, draw_curves
from study.reporting.languages import WORDS
from study.reporting.markdown import Markdown, render
from study.reporting.parity import certificates, differing_defaults
from study.reporting.structure import structure
from study.reporting.templates import FOLDER, SHARED
from study.spec.base import SpecModel
from study.spec.document import Language, Section

READER = "markdown-smart"
"""Pandoc's Markdown without its own ideas of quotes and dashes."""


class ReportSpec(SpecModel):
    """The settings of a report's job."""

    language: Language
    format: Literal["html", "pdf"]
    study_name: str
    labels: dict[str, str]
    """Names of the arms in the text; an arm that has none goes by its key."""
    template: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """``templates.template_digest`` of the language."""


@dataclass(frozen=True)
class MissingRun:
    """A run that is not complete, and what could not be made of it."""

    arm: str
    seed: int
    section: Section | None
    kind: str
    """The first kind of artefact, in the order of the work, that is not there."""
    error: str | None
    """What the last attempt at it said; None if there was none."""


def write_report(
    spec: ReportSpec,
    summary: Mapping[str, Any],
    audit: Audit,
    epochs: pd.DataFrame,
    output: Path,
    missing: Sequence[MissingRun] = (),
) -> None:
    """Write the document as one self-contained HTML file, or as PDF; with ``missing`` runs it says that it is partial.

    ``summary`` is what ``evaluation.summary.summarise`` gives, with the findings of certificates as ``parity``
    where there are any; ``epochs`` the table of all epochs.
    Raises StudyError, with the tool's own message, where the text cannot be turned into the format.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in SHARED:
            (folder / file).write_bytes((FOLDER / file).read_bytes())
        figures = draw_figures(folder, summary, epochs, spec.language)
        text = render(FOLDER, f"report.{spec.language}.md.j2", report_context(spec, summary, audit, figures, missing))
        try:
            if spec.format == "html":
                _convert(text, folder, spec.language, "html5", output, "--embed-resources", "--toc", "--toc-depth=2")
            else:
                _convert(text, folder, spec.language, "typst", folder / "report.typ", "--lua-filter=alt.lua")
                typst.compile(folder / "report.typ", output=output, format="pdf", ignore_system_fonts=True)
        except RuntimeError as error:
            raise StudyError(f"the report could not be made into {spec.format}: {error}") from error


def draw_figures(
    folder: Path, summary: Mapping[str, Any], epochs: pd.DataFrame, language: Language
) -> dict[tuple[str, str], str]:
    """Draw every arm's learning curves and confusion matrix; their file names by figure and arm."""
    words = WORDS[language]
    figures = {}
    for arm in summary["arms"]:
        for figure in ("curves", "confusion"):
            figures[figure, arm["name"]] = f"{figure}-{arm['name']}.svg"
        history = epochs[epochs["arm"] == arm["name"]]
        draw_curves(folder / figures["curves", arm["name"]], history, arm["spec"]["monitor"], words)
        names = arm["data"]["class_names"]
        draw_confusion(folder / figures["confusion", arm["name"]], arm["confusion"], names, words)
    return figures


def report_context(
    spec: ReportSpec,
    summary: Mapping[str, Any],
    audit: Audit,
    figures: Mapping[tuple[str, str], str],
    missing: Sequence[MissingRun] = (),
) -> dict[str, Any]:
    """What the templates can name: the summary's keys, and the following."""
    arms = summary["arms"]
    data = [arm["data"] for arm in arms]
    names = [*(arm["name"] for arm in arms), *(run.arm for run in missing)]
    return {
        **summary,
        "study_name": spec.study_name,
        "missing": missing,
        "evidence": evidence(audit),
        "printed": printed,
        "certificates": certificates(summary.get("parity", [])),
        "differing_defaults": differing_defaults(),
        "labels": {name: spec.labels.get(name, name) for name in names},
        "by_section": {arm["section"]: arm for arm in arms if arm["section"] is not None},
        "datasets": [item for number, item in enumerate(data) if item not in data[:number]],
        "others": [arm for arm in arms if arm["section"] is None],
        "shared_departures": [item for item in arms[0]["departures"] if all(item in arm["departures"] for arm in arms)],
        "departure_keys": list(dict.fromkeys(item["key"] for arm in arms for item in arm["departures"])),
        "structures": {arm["name"]: structure(arm["spec"]) for arm in arms},
        "figure": lambda figure, arm: Markdown(figures[figure, arm]),
    }


def _convert(text: str, folder: Path, language: Language, target: str, output: Path, *options: str) -> None:
    """Let pandoc write ``output``; RuntimeError for whatever it finds wrong, a missing figure among it."""
    template = {"html5": "template.html", "typst": "template.typ"}[target]
    pypandoc.convert_text(
        text,
        target,
        format=READER,
        outputfile=str(output.resolve()),
        cworkdir=str(folder),
        extra_args=[
            "--standalone",
            f"--template={template}",
            f"--metadata=lang:{language}",
            f"--metadata=toc-title:{WORDS[language].contents}",
            "--columns=10000",
            "--fail-if-warnings",
            *options,
        ],
    )
