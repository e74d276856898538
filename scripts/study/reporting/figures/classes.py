"""Figures of the classes: confusion matrices, accuracy by class, and calibration."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.colors import PowerNorm

from study.reporting.figures.style import GREY, figure_file, sign, wrapped, write_numbers
from study.reporting.phrases import Phrases

LARGEST_WRITTEN = 20
"""Up to this many classes, a confusion matrix shows its numbers and every class name."""
CLASSES_SHOWN = 20
"""How many classes the comparison by class shows; if there are more, those in which the arms differ most."""
COLUMNS = 4
"""Panels per row of the calibration figure."""


def confusion_table(confusion: Sequence[Sequence[int]], class_names: Sequence[str]) -> pd.DataFrame:
    """Return images by true class (rows) and predicted class (columns)."""
    return pd.DataFrame(confusion, index=pd.Index(class_names, name="true"), columns=list(class_names)).reset_index()


def draw_confusion(path: Path, table: pd.DataFrame, phrases: Phrases) -> None:
    """Draw, for each true class, the percentage that was assigned to each class."""
    names = table["true"].tolist()
    counts = table.drop(columns="true").to_numpy(dtype=np.float64)
    shares: npt.NDArray[np.float64] = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    few = len(names) <= LARGEST_WRITTEN
    side = 4.2 if few else 5.6
    with figure_file(path, width=side + 0.6, height=side) as figure:
        axes = figure.subplots()
        axes.grid(visible=False)
        # With many classes, mistakes are spread thin, so the scale favours small shares.
        norm = PowerNorm(1.0 if few else 0.5, vmin=0, vmax=100)
        edge: dict[str, Any] = {"edgecolors": "white", "linewidth": 0.5} if few else {}
        mesh = axes.pcolormesh(np.ma.masked_equal(shares, 0), cmap="Blues", norm=norm, **edge)
        figure.colorbar(mesh, label=phrases.text("drawing.share"), shrink=0.8)
        step = -(-len(names) // 25)
        places = np.arange(0, len(names), step)
        size = 8 if few else 6
        axes.set_xticks(
            places + 0.5, [names[n] for n in places], rotation=45, ha="right", rotation_mode="anchor", fontsize=size
        )
        axes.set_yticks(places + 0.5, [names[n] for n in places], fontsize=size)
        axes.set_xlim(0, len(names))
        axes.set_ylim(len(names), 0)
        axes.set_aspect("equal")
        axes.set_xlabel(phrases.text("drawing.predicted_class"))
        axes.set_ylabel(phrases.text("drawing.true_class"))
        if few:
            for (row, column), share in np.ndenumerate(shares):
                if counts[row, column]:
                    colour = "white" if share > 55 else "black"
                    place = (column + 0.5, row + 0.5)
                    axes.text(*place, f"{share:.0f}", ha="center", va="center", color=colour, fontsize=7)


def classes_table(arms: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return images and accuracy of every class, by arm."""
    return pd.DataFrame(
        [
            {
                "arm": arm["name"],
                "class": arm["data"]["class_names"][row["class"]],
                "images": row["images"],
                "accuracy": row["accuracy"],
            }
            for arm in arms
            for row in arm["per_class"]
        ]
    ).astype({"accuracy": float})


def draw_classes(path: Path, table: pd.DataFrame, labels: Mapping[str, str], phrases: Phrases) -> None:
    """Draw one row per class, from the easiest to the hardest: a mark per arm, and a line as long as they differ."""
    arms = list(dict.fromkeys(table["arm"]))
    by_class = table.dropna(subset=["accuracy"]).groupby("class", sort=False)["accuracy"]
    spans = by_class.agg(["min", "max", "mean"])
    widest = (spans["max"] - spans["min"]).sort_values(ascending=False, kind="stable").index[:CLASSES_SHOWN]
    shown = spans.loc[widest].sort_values("mean", ascending=False, kind="stable")
    with figure_file(path, width=7.0, height=1.0 + 0.26 * max(len(shown), len(arms) + 1)) as figure:
        axes = figure.subplots()
        places = {name: place for place, name in enumerate(shown.index)}
        axes.hlines(range(len(shown)), 100 * shown["min"], 100 * shown["max"], color=GREY, linewidth=1, zorder=1)
        for number, arm in enumerate(arms):
            rows = table[(table["arm"] == arm) & table["class"].isin(places)].dropna(subset=["accuracy"])
            axes.plot(
                100 * rows["accuracy"],
                rows["class"].map(places),
                linestyle="",
                markersize=6,
                markeredgecolor="white",
                markeredgewidth=0.5,
                label=wrapped(labels[arm], 30),
                **sign(number),
            )
        axes.set_yticks(range(len(shown)), list(shown.index))
        axes.set_ylim(len(shown) - 0.5, -0.5)
        write_numbers(axes.xaxis, phrases.numbers)
        axes.set_xlabel(phrases.text("drawing.test_accuracy"))
        figure.legend(loc="outside right center")


def calibration_table(arms: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return images, mean confidence and accuracy in every bin of confidence, by arm, without empty bins."""
    return pd.DataFrame(
        [
            {
                "arm": arm["name"],
                "from": row["from"],
                "to": row["to"],
                "images": row["images"],
                "confidence": row["confidence"] / row["images"],
                "accuracy": row["correct"] / row["images"],
            }
            for arm in arms
            for row in arm["calibration"]
            if row["images"]
        ]
    )


def draw_calibration(
    path: Path, table: pd.DataFrame, errors: Mapping[str, float], labels: Mapping[str, str], phrases: Phrases
) -> None:
    """Draw one panel per arm: accuracy against confidence; larger points have more images."""
    arms = list(dict.fromkeys(table["arm"]))
    columns = min(COLUMNS, len(arms))
    rows = -(-len(arms) // columns)
    with figure_file(path, width=1.75 * columns + 0.4, height=2.25 * rows + 0.3) as figure:
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
        for number, (axes, arm) in enumerate(zip(panels, arms, strict=False)):
            bins = table[table["arm"] == arm]
            axes.plot([0, 100], [0, 100], color=GREY, linewidth=1, linestyle="--")
            colour = sign(number)["color"]
            axes.plot(100 * bins["confidence"], 100 * bins["accuracy"], color=colour, linewidth=1)
            sizes = 6 + 90 * bins["images"] / bins["images"].sum()
            axes.scatter(100 * bins["confidence"], 100 * bins["accuracy"], s=sizes, **sign(number))
            axes.set_title(wrapped(labels[arm], 24), fontsize=8)
            text = phrases.text("drawing.calibration_error", error=phrases.numbers.percent(errors[arm], 1))
            axes.text(0.97, 0.04, text, transform=axes.transAxes, ha="right", fontsize=8)
            axes.set_aspect("equal")
            axes.set_xlim(0, 103)
            axes.set_ylim(0, 103)
            axes.set_xticks([0, 50, 100])
            axes.set_yticks([0, 50, 100])
        for axes in panels[len(arms) :]:
            axes.remove()
        figure.supxlabel(phrases.text("drawing.confidence"), fontsize=9)
        figure.supylabel(phrases.text("drawing.accuracy"), fontsize=9)
