"""The report's figures, as SVG files that are alike whenever they are drawn."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import matplotlib.style
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from study.reporting.languages import Words, decimal

TRAINING, MONITORED = "#0072B2", "#D55E00"
"""Blue and vermilion, told apart with any colour vision (Okabe & Ito 2008, "Color universal design")."""

STYLE = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "svg.hashsalt": "study",
    "text.parse_math": False,
}
LARGEST_WRITTEN = 20
"""Classes up to which a confusion matrix has its numbers written in."""


def draw_curves(path: Path, history: pd.DataFrame, monitor: str, words: Words) -> None:
    """Accuracy and loss over epochs; ``history`` holds the epochs of all seeds, and every seed is a line."""
    with _figure(path, width=7.0, height=2.9) as figure:
        accuracy, loss = figure.subplots(1, 2)
        _lines(accuracy, history, "accuracy", 100.0)
        _lines(loss, history, "loss", 1.0)
        accuracy.set_ylabel(words.accuracy)
        loss.set_ylabel(words.loss)
        for axes in (accuracy, loss):
            axes.set_xlabel(words.epoch)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: decimal(round(value, 6))))
        names = [words.training, words.monitored[monitor]]
        accuracy.legend(accuracy.get_lines()[:2], names[: len(accuracy.get_lines())])


def _lines(axes: Axes, history: pd.DataFrame, quantity: str, factor: float) -> None:
    for _, run in history.groupby("seed"):
        for split, colour, line in (("train", TRAINING, "-"), ("monitor", MONITORED, "--")):
            values = run[f"{split}_{quantity}"].astype(float)
            if values.notna().any():
                axes.plot(
                    run["epoch"], factor * values, color=colour, linestyle=line, marker="o", markersize=3, alpha=0.8
                )


def draw_confusion(path: Path, confusion: Sequence[Sequence[int]], class_names: Sequence[str], words: Words) -> None:
    """Shares of each true class (rows), in percent, that were taken for each class (columns)."""
    counts = np.asarray(confusion, dtype=np.float64)
    shares: npt.NDArray[np.float64] = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    with _figure(path, width=4.6, height=4.1) as figure:
        axes = figure.subplots()
        axes.grid(False)
        image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
        figure.colorbar(image, label="%", shrink=0.8)
        positions = range(len(class_names))
        axes.set_xticks(positions, class_names, rotation=45, ha="right", rotation_mode="anchor")
        axes.set_yticks(positions, class_names)
        axes.set_xlabel(words.predicted_class)
        axes.set_ylabel(words.true_class)
        if len(class_names) <= LARGEST_WRITTEN:
            for (row, column), share in np.ndenumerate(shares):
                colour = "white" if share > 55 else "black"
                axes.text(column, row, f"{share:.0f}", ha="center", va="center", color=colour, fontsize=7)


@contextmanager
def _figure(path: Path, width: float, height: float) -> Iterator[Figure]:
    """A figure of a size in inches, written to ``path`` when the block ends well."""
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(width, height))
        yield figure
        figure.savefig(path, format="svg", metadata={"Date": None})
