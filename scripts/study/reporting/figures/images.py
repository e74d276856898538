"""Figures made of small images: samples of the classes, what the arms get wrong, and filters."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from study.errors import StudyError
from study.reporting.figures.style import figure_file
from study.reporting.phrases import Phrases

FEW_CLASSES = 20
"""Up to this many classes, each has its own row; with more, each is one image with its name."""
COLUMNS = 10
WRONG_COLUMNS = 6
PIXELS = 96
"""Approximate width in pixels of a stored image in a figure, so that viewers show its own pixels as squares."""

Pixels = npt.NDArray[np.uint8]
Caption = str


def samples_table(images: pd.DataFrame) -> pd.DataFrame:
    """Return which test images are shown: test set, index in it, and class."""
    return images[images["shown"] == "sample"][["set", "image", "class"]].reset_index(drop=True)


def draw_samples(path: Path, images: pd.DataFrame, pixels: Mapping[str, npt.NDArray[Any]]) -> None:
    """Draw some images of every class."""
    tiles: list[tuple[Pixels, Caption]] = []
    for number, rows in images.groupby("set"):
        chosen = (rows["shown"] == "sample").to_numpy()
        tiles += list(zip(pixels[f"set{number}"][chosen], rows["class"][chosen], strict=True))
    if len({name for _, name in tiles}) <= FEW_CLASSES:
        _draw_rows(path, tiles)
    else:
        _draw_grid(path, tiles, COLUMNS, width=7.0)


def _draw_rows(path: Path, tiles: Sequence[tuple[Pixels, Caption]]) -> None:
    """Draw one row of images per class, preceded by its name."""
    counts = Counter(name for _, name in tiles)
    names, columns = list(counts), max(counts.values())
    cell = 0.46
    with figure_file(path, width=columns * cell + 1.3, height=len(names) * cell + 0.1) as figure:
        axes = _bare(figure.subplots(), columns, len(names))
        for row, name in enumerate(names):
            for column, picture in enumerate(picture for picture, other in tiles if other == name):
                _place(axes, picture, column, row)
        axes.set_yticks(np.arange(len(names)) + 0.5, names)
        axes.tick_params(axis="y", length=0)


def wrong_table(images: pd.DataFrame, guesses: pd.DataFrame) -> pd.DataFrame:
    """Return the images most often wrong, with what each arm takes them for, and in what share of its runs."""
    wrong = images[images["shown"] == "wrong"].drop(columns="shown")
    return wrong.merge(guesses, on=["set", "image"], how="left", validate="one_to_many")


def draw_wrong(
    path: Path, table: pd.DataFrame, images: pd.DataFrame, pixels: Mapping[str, Any], phrases: Phrases
) -> None:
    """Draw the images most often wrong, each above its class and, after an arrow, the most common mistake."""
    tiles = []
    for number, rows in images.groupby("set"):
        pictures = pixels[f"set{number}"]
        for picture, row in zip(pictures, rows.itertuples(), strict=True):
            if row.shown == "wrong":
                guesses = table[(table["set"] == number) & (table["image"] == row.image)]
                mistakes = guesses[guesses["predicted"] != guesses["class"]]
                # An exact sum and sorted names: neither a sum nor a tie depends on the order of the arms.
                mistake = mistakes.groupby("predicted")["share"].agg(math.fsum).idxmax()
                tiles.append((picture, f"{guesses['class'].iloc[0]}\n→ {mistake}"))
    if tiles:
        _draw_grid(path, tiles, WRONG_COLUMNS, width=7.0)
    else:
        with figure_file(path, width=3.0, height=0.6) as figure:
            figure.text(0.5, 0.5, phrases.text("drawing.none_wrong"), ha="center", va="center")


def filters_table(filters: npt.NDArray[Any]) -> pd.DataFrame:
    """Return the weights of every filter, row and column, one per channel, to four digits."""
    number, row, column = (axis.ravel() for axis in np.indices(filters.shape[:3]))
    weights = {name: [f"{value:.4g}" for value in filters[..., c].ravel()] for c, name in enumerate("RGB")}
    return pd.DataFrame({"filter": number, "row": row, "column": column, **weights})


def draw_filters(path: Path, filters: npt.NDArray[Any]) -> None:
    """Draw every filter as a colour image, from its smallest weight (0) to its largest (full)."""
    if not filters.size:
        raise StudyError("the network has no first convolution whose filters could be drawn")
    low, high = filters.min(axis=(1, 2, 3), keepdims=True), filters.max(axis=(1, 2, 3), keepdims=True)
    scaled = (255 * (filters - low) / np.maximum(high - low, 1e-12)).round().astype(np.uint8)
    columns = min(16, len(scaled))
    rows = -(-len(scaled) // columns)
    cell = min(0.42, 6.8 / columns)
    with figure_file(path, width=columns * cell + 0.1, height=rows * cell + 0.1) as figure:
        axes = _bare(figure.subplots(), columns, rows)
        for number, picture in enumerate(scaled):
            _place(axes, picture, number % columns, number // columns)


def _draw_grid(path: Path, tiles: Sequence[tuple[Pixels, Caption]], columns: int, width: float) -> None:
    """Draw images in rows, each with its caption below."""
    lines = 1 + max(caption.count("\n") for _, caption in tiles)
    rows = -(-len(tiles) // columns)
    cell = width / columns
    tall = 0.72 + 0.13 * lines / cell
    with figure_file(path, width=width, height=rows * cell * tall + 0.1) as figure:
        axes = _bare(figure.subplots(), columns, rows * tall)
        for number, (picture, caption) in enumerate(tiles):
            row, column = divmod(number, columns)
            _place(axes, picture, column, row * tall, side=0.7)
            axes.text(column + 0.36, row * tall + 0.74, caption, ha="center", va="top", fontsize=6.5)


def _bare(axes: Axes, width: float, height: float) -> Axes:
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_aspect("equal")
    return axes


def _place(axes: Axes, picture: Pixels, left: float, top: float, side: float = 0.92) -> None:
    factor = max(1, round(PIXELS / picture.shape[0]))
    enlarged = picture.repeat(factor, axis=0).repeat(factor, axis=1)
    axes.imshow(enlarged, extent=(left, left + side, top + side, top), interpolation="none", aspect="auto")
