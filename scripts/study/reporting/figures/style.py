"""One style for all figures: colours and markers that can be told apart with any colour vision, and in grey."""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib.style
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from study.reporting.numbers import Numbers

BLUE, VERMILION = "#0072B2", "#D55E00"
GREY = "#6E6E6E"
COLOURS = (BLUE, VERMILION, "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
"""Okabe & Ito 2008, "Color universal design", without yellow, which is too light for lines on white."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h", "p", "*")

STYLE: dict[str, Any] = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.facecolor": "none",
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "savefig.facecolor": "none",
    "svg.hashsalt": "study",
    "text.parse_math": False,
}


def sign(number: int) -> dict[str, Any]:
    """Return colour and marker of the arm with a number; no two of the first 84 share both."""
    return {"color": COLOURS[number % len(COLOURS)], "marker": MARKERS[number % len(MARKERS)]}


def wrapped(label: str, width: int = 22) -> str:
    """Return a label on as many lines as it needs."""
    return "\n".join(textwrap.wrap(label, width)) or label


def write_numbers(axis: Axis, numbers: Numbers, whole: bool = False) -> None:
    """Format an axis' numbers in the language."""
    if whole:
        axis.set_major_locator(MaxNLocator(integer=True))
    axis.set_major_formatter(FuncFormatter(lambda value, _: numbers.decimal(round(value, 6))))


@contextmanager
def figure_file(path: Path, width: float, height: float) -> Iterator[Figure]:
    """Write a figure of a size in inches to ``path`` as SVG if the block succeeds; its bytes are reproducible."""
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(width, height))
        yield figure
        figure.savefig(path, format="svg", metadata={"Date": None})
