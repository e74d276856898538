"""Controls as the report shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from study.reporting.bridges import plain_rows

START = "starting_epoch"
"""The control that is told in a sentence, and not in the table of the others."""


@dataclass(frozen=True)
class StartingEpoch:
    """Where in a longer training the authors' first printed epoch fits best; distances are fractions."""

    arm: str
    before: int
    """Epochs of ours before it."""
    most: int
    """The most that were tried."""
    distance: float
    low: float
    """Of the seed that comes nearest."""
    high: float
    fresh: float
    """The distance of a training that began with the first printed epoch."""


@dataclass(frozen=True)
class Controls:
    """What had to come out in a known way."""

    rows: Sequence[dict[str, Any]]
    """Of controls.csv, but for those of starting epochs; None where a cell is empty or infinite."""
    starts: Sequence[StartingEpoch]

    def __bool__(self) -> bool:
        return bool(self.rows or self.starts)


def controls(table: pd.DataFrame) -> Controls:
    """The controls of an audit."""
    rows = plain_rows(table)
    starting = [row for row in rows if row["kind"] == START]
    names = dict.fromkeys(row["control"] for row in starting)
    return Controls(
        rows=[row for row in rows if row["kind"] != START],
        starts=[_start([row for row in starting if row["control"] == name]) for name in names],
    )


def _start(rows: Sequence[dict[str, Any]]) -> StartingEpoch:
    best = min(rows, key=lambda row: float(row["value"]))
    (fresh,) = (row["value"] for row in rows if row["epoch"] == 0)
    return StartingEpoch(
        arm=best["arm"],
        before=int(best["epoch"]),
        most=max(int(row["epoch"]) for row in rows),
        distance=best["value"],
        low=best["low"],
        high=best["high"],
        fresh=fresh,
    )
