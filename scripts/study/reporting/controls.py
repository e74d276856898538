"""Controls as the report shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from study.reporting.bridges import plain_rows

START = "starting_epoch"
"""The control that the report gives in a sentence rather than in the table of the others."""


@dataclass(frozen=True)
class StartingEpoch:
    """Where the authors' first printed epoch fits best in a longer training; distances are fractions."""

    arm: str
    before: int
    """Number of our epochs before it."""
    most: int
    """The largest number tried."""
    distance: float
    low: float
    """Distance of the nearest seed."""
    high: float
    fresh: float
    """The distance if the training began with the first printed epoch."""


@dataclass(frozen=True)
class Controls:
    """All controls of an audit."""

    rows: Sequence[dict[str, Any]]
    """Rows of controls.csv, except for starting epochs; None where a cell is empty or infinite."""
    starts: Sequence[StartingEpoch]

    def __bool__(self) -> bool:
        return bool(self.rows or self.starts)


def controls(table: pd.DataFrame) -> Controls:
    """Return the controls in an audit's table."""
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
