"""The study's report, written from its summary, its audit and its figures."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst

from study.audit.files import Audit
from study.config.document import Section
from study.errors import StudyError
from study.evaluation.files import Summary
from study.recipe.choices import SOURCES
from study.reporting import highlights
from study.reporting.audit import evidence, printed, statement
from study.reporting.bridges import shown_bridges
from study.reporting.controls import controls
from study.reporting.convert import convert
from study.reporting.figures.names import figure_files, figure_name
from study.reporting.markdown import Markdown
from study.reporting.parity import certificates, differing_defaults
from study.reporting.phrases import phrases_of
from study.reporting.rendering import render
from study.reporting.specs import ReportSpec
from study.reporting.structure import structure


@dataclass(frozen=True)
class MissingRun:
    """A run that is not complete, and what is missing of it."""

    arm: str
    seed: int
    section: Section | None
    kind: str
    """The first missing kind of artefact, in the order in which they are made."""
    error: str | None
    """What the last attempt at it said; None if there was none."""


def write_report(
    spec: ReportSpec,
    summary: Summary,
    audit: Audit,
    figures: Mapping[str, Path],
    output: Path,
    missing: Sequence[MissingRun] = (),
) -> None:
    """Write the report as one self-contained HTML file, or as PDF; with ``missing`` runs it says that it is partial.

    ``figures`` are the drawings and their data by file name.
    Raises StudyError, with the tool's own message, if the text cannot be converted.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, path in figures.items():
            shutil.copyfile(path, folder / file)
        names = [file.removesuffix(".svg") for file in figures if file.endswith(".svg")]
        text = render("report", report_context(spec, summary, audit, names, missing), spec.language)
        try:
            if spec.format == "html":
                convert(text, folder, spec.language, "html5", output)
            else:
                convert(text, folder, spec.language, "typst", folder / "report.typ")
                typst.compile(folder / "report.typ", output=output, format="pdf", ignore_system_fonts=True)
        except RuntimeError as error:
            raise StudyError(f"the report could not be converted to {spec.format}: {error}") from error


def report_context(
    spec: ReportSpec,
    summary: Summary,
    audit: Audit,
    figures: Sequence[str],
    missing: Sequence[MissingRun] = (),
) -> dict[str, Any]:
    """Return what templates can name: the summary's keys, and the following."""
    content, arms = summary.content, summary.content["arms"]
    data = [arm["data"] for arm in arms]
    names = [name for arm in arms for name in named_in(arm)] + [run.arm for run in missing]
    names += [name for bridge in spec.bridges for name in (bridge.start, bridge.end)] + list(audit.controls["arm"])
    found = evidence(audit)
    return {
        **content,
        "study_name": spec.study_name,
        "missing": missing,
        "evidence": found,
        "bridges": shown_bridges(spec.bridges, audit.bridges, 1 - found["confidence"], phrases_of(spec.language)),
        "controls": controls(audit.controls),
        "trained": {arm["name"]: arm for arm in (*arms, *content.get("experiments", []))},
        "printed": printed,
        "said": lambda claim: statement(claim, spec.language),
        "certificates": certificates(summary.parity),
        "differing_defaults": differing_defaults(),
        "labels": {name: spec.labels.get(name, name) for name in names},
        "by_section": {arm["section"]: arm for arm in arms if arm["section"] is not None},
        "datasets": [item for number, item in enumerate(data) if item not in data[:number]],
        "others": [arm for arm in arms if arm["section"] is None],
        "shared_departures": [item for item in arms[0]["departures"] if all(item in arm["departures"] for arm in arms)],
        "departure_keys": list(dict.fromkeys(item["key"] for arm in arms for item in arm["departures"])),
        "image_sizes": {name: source.image_size for name, source in SOURCES.items()},
        "structures": {arm["name"]: structure(arm["spec"]) for arm in arms},
        "figures": set(figures),
        "figure": lambda figure, of=None: Markdown(f"{figure_name(figure, of)}.svg"),
        "figure_name": figure_name,
        "has_curves": set(audit.curves["section"]),
        "highlights": highlights,
    }


def named_in(arm: Mapping[str, Any]) -> list[str]:
    """Return the arms that an arm of the summary mentions: itself, and those that its parameters come from."""
    noted = [note["source"] for note in arm["input_notes"] if "source" in note]
    return [arm["name"], *([arm["source"]] if arm["source"] else []), *(leak["arm"] for leak in arm["leaks"]), *noted]


def figure_paths(folder: Path, names: Sequence[str]) -> dict[str, Path]:
    """Return the files of drawn figures, by name."""
    return {file: folder / file for file in figure_files(names)}
