"""All figures of a study: each drawn as SVG, with its data as CSV."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from study.audit.files import Audit
from study.config.languages import Language
from study.evaluation.files import Summary
from study.reporting.figures.accuracy import accuracy_table, draw_accuracy
from study.reporting.figures.classes import (
    calibration_table,
    classes_table,
    confusion_table,
    draw_calibration,
    draw_classes,
    draw_confusion,
)
from study.reporting.figures.images import (
    draw_filters,
    draw_samples,
    draw_wrong,
    filters_table,
    samples_table,
    wrong_table,
)
from study.reporting.figures.names import OF_BRIDGE, figure_name
from study.reporting.figures.training import curves_table, draw_curves, draw_time, time_table
from study.reporting.figures.waterfall import draw_waterfall, waterfall_table
from study.reporting.phrases import Phrases, phrases_of_figures
from study.reporting.specs import BridgeNames


def draw_figures(
    folder: Path,
    summary: Summary,
    audit: Audit,
    labels: Mapping[str, str],
    language: Language,
    bridges: Sequence[BridgeNames] = (),
) -> list[str]:
    """Draw every figure that the study's results allow, and write its data; return all names."""
    phrases, arms = phrases_of_figures(language), summary.content["arms"]
    tables = _of_study(folder, summary, audit, labels, phrases)
    for arm in arms:
        tables |= _of_arm(folder, summary, audit, arm, phrases)
    for bridge in bridges:
        name = figure_name(OF_BRIDGE, bridge.name)
        tables[name] = waterfall_table(bridge, audit.bridges, accuracy_of(summary, bridge.start))
        draw_waterfall(folder / f"{name}.svg", tables[name], bridge, labels, phrases)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    return list(tables)


def _of_study(
    folder: Path, summary: Summary, audit: Audit, labels: Mapping[str, str], phrases: Phrases
) -> dict[str, pd.DataFrame]:
    arms = summary.content["arms"]
    tables = {
        "samples": samples_table(summary.images),
        "accuracy": accuracy_table(arms, audit),
        "calibration": calibration_table(arms),
        "classes": classes_table(arms),
        "time": time_table(arms),
        "wrong": wrong_table(summary.images, summary.guesses),
    }
    errors = {arm["name"]: arm["statistics"]["calibration_error"]["mean"] for arm in arms}
    draw_samples(folder / "samples.svg", summary.images, summary.pixels)
    draw_accuracy(folder / "accuracy.svg", tables["accuracy"], labels, phrases)
    draw_calibration(folder / "calibration.svg", tables["calibration"], errors, labels, phrases)
    draw_classes(folder / "classes.svg", tables["classes"], labels, phrases)
    draw_time(folder / "time.svg", tables["time"], labels, phrases)
    draw_wrong(folder / "wrong.svg", tables["wrong"], summary.images, summary.pixels, phrases)
    return tables


def _of_arm(
    folder: Path, summary: Summary, audit: Audit, arm: Mapping[str, Any], phrases: Phrases
) -> dict[str, pd.DataFrame]:
    name, filters = arm["name"], summary.filters[arm["name"]]
    curves = curves_table(
        summary.epochs[summary.epochs["arm"] == name], audit.curves[audit.curves["section"] == arm["section"]]
    )
    confusion = confusion_table(arm["confusion"], arm["data"]["class_names"])
    tables = {figure_name("curves", name): curves, figure_name("confusion", name): confusion}
    draw_curves(folder / f"{figure_name('curves', name)}.svg", curves, arm["spec"]["monitor"], phrases)
    draw_confusion(folder / f"{figure_name('confusion', name)}.svg", confusion, phrases)
    if filters.size:
        draw_filters(folder / f"{figure_name('filters', name)}.svg", filters)
        tables[figure_name("filters", name)] = filters_table(filters)
    return tables


def accuracy_of(summary: Summary, name: str) -> float | None:
    """The mean test accuracy of an arm of the study or of an experiment; None if it was not run."""
    arms = [*summary.content["arms"], *summary.content.get("experiments", [])]
    return next((arm["statistics"]["test_accuracy"]["mean"] for arm in arms if arm["name"] == name), None)
