"""The figure of a bridge: from the accuracy of one arm to that of another, step by step, from both ends."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from study.reporting.bridges import as_title, plain_rows, rows_of, step_label
from study.reporting.figures.style import BLUE, GREY, VERMILION, figure_file, wrapped, write_numbers
from study.reporting.phrases import Phrases
from study.reporting.specs import BridgeNames

Direction = Literal["from_start", "from_end"]
DIRECTIONS: tuple[Direction, Direction] = ("from_start", "from_end")
COLUMNS = ("direction", "what", "step", "from", "to", "effect", "low", "high", "noise")
LIGHT = "#D9D9D9"
BAR, BAND = 0.36, 0.84
"""Heights, as shares of a row."""


def waterfall_table(bridge: BridgeNames, effects: pd.DataFrame, start: float | None) -> pd.DataFrame:
    """Return ``COLUMNS``, as fractions: for each direction the start, every step, the rest and the end.

    ``effects`` is the audit's table and ``start`` the test accuracy of the arm at the start. Every step begins where
    the previous one ends; the rest is the gap minus all effects from one end. No rows without effects.
    """
    found = {(row["part"], row["step"]): row for row in rows_of(effects, bridge.name) if row["runs"] == "all"}
    if not found or start is None:
        return pd.DataFrame(columns=list(COLUMNS))
    gap = found["gap", None]
    rows: list[dict[str, Any]] = []
    for direction in DIRECTIONS:
        rest = ("rest", None, found.get((f"rest_{direction}", None)))
        parts = [*(("step", step.name, found.get((direction, step.name))) for step in bridge.steps), rest]
        rows.append({"direction": direction, "what": "start", "to": start})
        reached = start
        for what, step, row in parts:
            if row is not None:
                numbers = {name: row[name] for name in ("effect", "low", "high", "noise")}
                ends = {"from": reached, "to": reached + row["effect"]}
                rows.append({"direction": direction, "what": what, "step": step, **ends, **numbers})
                reached = ends["to"]
        rows.append({"direction": direction, "what": "end", "to": start + gap["effect"]})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def draw_waterfall(
    path: Path, table: pd.DataFrame, bridge: BridgeNames, labels: Mapping[str, str], phrases: Phrases
) -> None:
    """Draw both directions side by side, with a row for every step, its interval and what chance alone does."""
    if table.empty:
        with figure_file(path, width=3.0, height=0.6) as figure:
            figure.text(0.5, 0.5, phrases.text("drawing.nothing_measured"), ha="center", va="center")
        return
    names: dict[tuple[str, str | None], str] = {("start", None): labels.get(bridge.start, bridge.start)}
    names |= {("step", step.name): as_title(step_label(step, phrases)) for step in bridge.steps}
    if (table["what"] == "rest").any():
        names["rest", None] = as_title(phrases.text("drawing", "interaction" if bridge.covers else "rest"))
    names["end", None] = labels.get(bridge.end, bridge.end)
    lines = [wrapped(name, 26) for name in names.values()]
    height = 1.5 + 0.4 * len(names) + 0.13 * sum(line.count("\n") for line in lines)
    with figure_file(path, width=7.0, height=height) as figure:
        panels = figure.subplots(1, 2, sharex=True, sharey=True)
        for axes, direction in zip(panels, DIRECTIONS, strict=True):
            rows = plain_rows(table[table["direction"] == direction])
            _panel(axes, rows, list(names), phrases)
            axes.set_title(phrases.text("drawing", direction), fontsize=9)
            axes.set_xlabel(phrases.text("drawing.test_accuracy"))
            write_numbers(axes.xaxis, phrases.numbers)
        panels[0].set_yticks(range(len(names)), lines)
        panels[0].set_ylim(len(names) - 0.4, -0.6)
        figure.legend(handles=_handles(table, phrases), loc="outside lower center", ncols=5)


def _panel(
    axes: Axes, rows: Sequence[Mapping[str, Any]], places: Sequence[tuple[str, str | None]], phrases: Phrases
) -> None:
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.12)
    drawn = [(places.index((row["what"], row["step"])), row) for row in rows]
    for (place, row), (following, _) in pairwise(drawn):
        reached = 100 * row["to"]
        axes.plot([reached, reached], [place, following], color=GREY, linewidth=0.8, linestyle=":", zorder=1)
    for place, row in drawn:
        if row["what"] in ("start", "end"):
            axes.plot(100 * row["to"], place, color="black", marker="D", markersize=6, linestyle="", zorder=4)
            _write(axes, 100 * row["to"], place, phrases.numbers.decimal(100 * row["to"], 2))
            continue
        base, width = 100 * row["from"], 100 * row["effect"]
        if row["noise"] is not None and row["what"] == "step":
            noise = 100 * row["noise"]
            axes.barh(place, 2 * noise, left=base - noise, height=BAND, color=LIGHT, alpha=0.6, zorder=0)
        axes.barh(place, width, left=base, height=BAR, zorder=2, **_look(row))
        ends = [base, base + width]
        if row["low"] is not None:
            interval = [base + 100 * row["low"], base + 100 * row["high"]]
            axes.plot(interval, [place, place], color="black", linewidth=1.2, marker="|", markersize=5, zorder=3)
            ends += interval
        _write(axes, sum(ends[:2]) / 2, place, phrases.numbers.points(row["effect"]))


def _write(axes: Axes, across: float, place: float, text: str) -> None:
    """Write a number above its bar or marker."""
    axes.text(across, place - BAR / 2 - 0.03, text, ha="center", va="bottom", fontsize=7, zorder=5)


def _look(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bar's look, distinct even in grey: gains are filled, losses hatched, the rest is empty."""
    if row["what"] == "rest":
        return {"facecolor": "white", "edgecolor": "black", "linewidth": 0.9}
    if row["effect"] < 0:
        return {"facecolor": "white", "edgecolor": VERMILION, "hatch": "/////", "linewidth": 0.9}
    return {"facecolor": BLUE, "edgecolor": BLUE, "linewidth": 0.9}


def _handles(table: pd.DataFrame, phrases: Phrases) -> list[Line2D | Patch]:
    steps = table[table["what"] == "step"]
    looks = {
        "gain": {"what": "step", "effect": 1} if (steps["effect"] >= 0).any() else None,
        "fall": {"what": "step", "effect": -1} if (steps["effect"] < 0).any() else None,
    }
    handles: list[Line2D | Patch] = [
        Patch(label=phrases.text("drawing", name), **_look(row)) for name, row in looks.items() if row
    ]
    if table["low"].notna().any():
        handles.append(Line2D([], [], color="black", linewidth=1.2, label=phrases.text("drawing.new_images")))
    if steps["noise"].notna().any():
        handles.append(Patch(facecolor=LIGHT, alpha=0.6, label=phrases.text("drawing.noise")))
    return handles
