"""The figure of all test accuracies: runs, intervals, the document's number and the other teams'."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from study.audit.files import Audit
from study.reporting.figures.style import GREY, figure_file, sign, wrapped, write_numbers
from study.reporting.phrases import Phrases


def accuracy_table(arms: Sequence[Mapping[str, Any]], audit: Audit) -> pd.DataFrame:
    """Return columns ``arm``, ``what``, ``of``, ``accuracy``, ``low`` and ``high``, as fractions.

    ``what`` is ``seed`` (``of`` which), ``mean``, ``these_images`` and ``new_images`` (the intervals of the mean),
    ``document`` and ``team`` (``of`` which).
    """
    rows: list[dict[str, Any]] = []
    for arm in arms:
        runs = [{"what": "seed", "of": run["seed"], "accuracy": run["test_accuracy"]} for run in arm["runs"]]
        found = audit.intervals[(audit.intervals["arm"] == arm["name"]) & (audit.intervals["runs"] == "all")].iloc[0]
        spans = [
            {"what": what, "accuracy": found["mean"], "low": found[f"{what}_low"], "high": found[f"{what}_high"]}
            for what in ("new_images", "these_images")
        ]
        document = [{"what": "document", "accuracy": arm["document"]["test_accuracy"]}] if arm["document"] else []
        others = audit.teams[audit.teams["section"] == arm["section"]]
        teams = [
            {"what": "team", "of": team, "accuracy": accuracy}
            for team, accuracy in zip(others["team"], others["test_accuracy"], strict=True)
        ]
        mean = {"what": "mean", "accuracy": found["mean"]}
        rows += [{"arm": arm["name"], **row} for row in (mean, *spans, *runs, *document, *teams)]
    return pd.DataFrame(rows, columns=["arm", "what", "of", "accuracy", "low", "high"])


def draw_accuracy(path: Path, table: pd.DataFrame, labels: Mapping[str, str], phrases: Phrases) -> None:
    """Draw one row per arm: mean and both intervals; below them the seeds, the document's number, other teams'."""
    arms = list(dict.fromkeys(table["arm"]))
    with figure_file(path, width=7.0, height=0.9 + 0.72 * len(arms)) as figure:
        axes = figure.subplots()
        for number, arm in enumerate(arms):
            _row(axes, table[table["arm"] == arm], number)
        axes.set_yticks(range(len(arms)), [wrapped(labels[arm]) for arm in arms])
        axes.set_ylim(len(arms) - 0.4, -0.5)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(phrases.text("drawing.test_accuracy"))
        write_numbers(axes.xaxis, phrases.numbers)
        there = set(table.dropna(subset=["accuracy"])["what"]) & set(HANDLES)
        if table["low"].isna().all():
            there -= {"these_images", "new_images"}
        handles = [
            Line2D([], [], label=phrases.text("drawing", what), **look)
            for what, look in HANDLES.items()
            if what in there
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=3)


HANDLES: dict[str, dict[str, Any]] = {
    "mean": {"color": "black", "marker": "o", "linestyle": "", "markersize": 7},
    "these_images": {"color": "black", "linewidth": 4.5, "solid_capstyle": "butt", "alpha": 0.55},
    "new_images": {"color": "black", "linewidth": 1.2},
    "seed": {"color": "black", "marker": "o", "linestyle": "", "markersize": 4, "markerfacecolor": "none"},
    "document": {"color": "black", "marker": "|", "linestyle": "", "markersize": 13, "markeredgewidth": 2.2},
    "team": {"color": GREY, "marker": ".", "linestyle": "", "markersize": 5, "alpha": 0.7},
}
"""How each thing is drawn; an arm's own things are in its colour and with its marker."""
PLACES = {"mean": 0.0, "these_images": 0.0, "new_images": 0.0, "seed": 0.2, "document": 0.0, "team": 0.34}
"""Distance below the middle of an arm's row, as a share of the row."""


def _row(axes: Axes, table: pd.DataFrame, number: int) -> None:
    own = sign(number)
    for what in ("team", "new_images", "these_images", "seed", "mean", "document"):
        found, look = table[table["what"] == what], dict(HANDLES[what])
        place = number + PLACES[what]
        if what in ("mean", "seed"):
            look |= own
        elif what.endswith("_images"):
            look["color"] = own["color"]
            for low, high in found[["low", "high"]].dropna().clip(0, 1).to_numpy():
                axes.plot([100 * low, 100 * high], [place, place], **look)
            continue
        axes.plot(100 * found["accuracy"], np.full(len(found), place), **look)
