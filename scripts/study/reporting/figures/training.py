"""Figures of the training: learning curves, and accuracy against time."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from study.reporting.figures.style import BLUE, GREY, VERMILION, figure_file, sign, wrapped, write_numbers
from study.reporting.phrases import Phrases

SPLITS: tuple[tuple[str, str, Literal["-", "--"]], ...] = (("train", BLUE, "-"), ("monitor", VERMILION, "--"))
"""Colour and line of each split; the authors' curves have the same lines in grey."""
WIDE_RANGE = 20
"""Ratio of longest to shortest time from which on the axis is logarithmic."""


def curves_table(epochs: pd.DataFrame, authors: pd.DataFrame) -> pd.DataFrame:
    """Return accuracy and loss by ``source`` (``here`` or ``authors``), seed, epoch and split.

    ``epochs`` are those of one arm; ``authors`` the rows of the audit's curves for its section, possibly none.
    """
    parts = []
    for source, table, names in (("here", epochs, ("train", "monitor")), ("authors", authors, ("train", "test"))):
        for split, name in zip(("train", "monitor"), names, strict=True):
            parts.append(
                pd.DataFrame(
                    {
                        "source": source,
                        "seed": table["seed"] if source == "here" else None,
                        "epoch": table["epoch"],
                        "split": split,
                        "accuracy": table[f"{name}_accuracy"].astype(float),
                        "loss": table[f"{name}_loss"].astype(float),
                    }
                )
            )
    whole = pd.concat([part.astype({"seed": "Int64"}) for part in parts if len(part)], ignore_index=True)
    return whole.dropna(subset=["accuracy", "loss"], how="all").reset_index(drop=True)


def draw_curves(path: Path, table: pd.DataFrame, monitor: str, phrases: Phrases) -> None:
    """Draw accuracy and loss over epochs: a thin line per seed, a thick one for their mean, the authors' in grey."""
    with figure_file(path, width=7.0, height=2.9) as figure:
        panels = figure.subplots(1, 2)
        for axes, quantity, factor, label in zip(
            panels,
            ("accuracy", "loss"),
            (100.0, 1.0),
            (phrases.text("drawing.accuracy"), phrases.text("drawing.loss")),
            strict=True,
        ):
            for split, colour, line in SPLITS:
                _line(axes, _of(table, "authors", split), quantity, factor, GREY, line)
                _line(axes, _of(table, "here", split), quantity, factor, colour, line)
            axes.set_ylabel(label)
            axes.set_xlabel(phrases.text("drawing.epoch"))
            write_numbers(axes.xaxis, phrases.numbers, whole=True)
            write_numbers(axes.yaxis, phrases.numbers)
        handles = [
            Line2D([], [], color=GREY if source == "authors" else colour, linestyle=line, label=name)
            for source in ("here", "authors")
            for split, colour, line in SPLITS
            if len(_of(table, source, split)) and (name := _label(source, split, monitor, phrases))
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))


def _label(source: str, split: str, monitor: str, phrases: Phrases) -> str | None:
    """Return a line's name in the legend; None for what was not monitored."""
    if source == "authors":
        name = phrases.text("drawing", "training" if split == "train" else "test")
        return phrases.text("drawing.authors", split=name)
    if split == "train":
        return phrases.text("drawing.training")
    return None if monitor == "none" else phrases.text("drawing", monitor)


def _of(table: pd.DataFrame, source: str, split: str) -> pd.DataFrame:
    return table[(table["source"] == source) & (table["split"] == split)]


def _line(axes: Axes, table: pd.DataFrame, quantity: str, factor: float, colour: str, line: str) -> None:
    known = table.dropna(subset=[quantity])
    if known.empty:
        return
    marker = "o" if known["epoch"].nunique() == 1 else ""
    seeds = known["seed"].nunique()
    if seeds > 1:
        for _, run in known.groupby("seed"):
            axes.plot(run["epoch"], factor * run[quantity], linestyle=line, color=colour, linewidth=0.6, alpha=0.4)
    mean = factor * known.groupby("epoch")[quantity].mean()
    axes.plot(mean.index, mean, linestyle=line, color=colour, linewidth=1.6, marker=marker)


def time_table(arms: list[dict[str, Any]]) -> pd.DataFrame:
    """Return training time in seconds, sharing what was computed once, test accuracy and device of every run."""
    columns = ("seed", "seconds", "seconds_shared", "test_accuracy", "device")
    return pd.DataFrame([{"arm": arm["name"], **{c: run[c] for c in columns}} for arm in arms for run in arm["runs"]])


def draw_time(path: Path, table: pd.DataFrame, labels: Mapping[str, str], phrases: Phrases) -> None:
    """Draw every run as a point: how long it trained, and how good it became."""
    arms = list(dict.fromkeys(table["arm"]))
    with figure_file(path, width=7.0, height=3.2 + 0.06 * max(0, len(arms) - 6)) as figure:
        axes = figure.subplots()
        for number, arm in enumerate(arms):
            runs = table[table["arm"] == arm]
            axes.scatter(
                runs["seconds_shared"],
                100 * runs["test_accuracy"],
                s=36,
                alpha=0.85,
                edgecolors="white",
                linewidths=0.5,
                label=wrapped(labels[arm], 34),
                **sign(number),
            )
        seconds = table["seconds_shared"].to_numpy()
        if seconds.min() > 0 and seconds.max() / seconds.min() >= WIDE_RANGE:
            axes.set_xscale("log")
        elif np.isfinite(seconds).all():
            axes.set_xlim(left=0)
        write_numbers(axes.xaxis, phrases.numbers)
        write_numbers(axes.yaxis, phrases.numbers)
        axes.set_xlabel(phrases.text("drawing.seconds"))
        axes.set_ylabel(phrases.text("drawing.test_accuracy"))
        figure.legend(loc="outside right center")
