"""Bridges as the report and its figures show them: names and the numbers of every step."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from study.audit.bridges import Part
from study.reporting.phrases import Phrases
from study.reporting.specs import BridgeNames, StepNames

Row = Mapping[str, Any]
"""A row of bridges.csv; None where a cell is empty. Effects are fractions."""
BY_STEP: tuple[Part, ...] = ("from_start", "from_end", "interaction")
"""The parts of a step that are tested."""
ENDS: tuple[Part, Part] = ("from_start", "from_end")


@dataclass(frozen=True)
class ShownStep:
    """A step of a bridge with its numbers."""

    name: str
    label: str
    settings: Sequence[str]
    parts: Mapping[str, Row]
    """Rows for all runs, by part."""
    learned: Mapping[str, Row]
    """Rows without collapsed runs, by part; empty if no run collapsed."""

    @property
    def title(self) -> str:
        """The label as the beginning of a text."""
        return as_title(self.label)


@dataclass(frozen=True)
class ShownBridge:
    """A bridge with its numbers."""

    name: str
    start: str
    end: str
    label: str | None
    covers: bool
    steps: Sequence[ShownStep]
    parts: Mapping[str, Row]
    """Rows for the whole bridge and all runs, by part; empty if nothing could be measured."""
    level: float
    """An effect counts as shown if its p is below this."""

    @property
    def noise(self) -> float | None:
        """How far apart chance puts two sets of seeds of one arm."""
        noise: float | None = self.parts["gap"]["noise"]
        return noise

    def shown(self, step: ShownStep, part: Part) -> bool:
        """Return whether a part of a step differs from zero by more than chance, among all parts of the bridge."""
        p = step.parts[part]["p_holm"] if part in step.parts else None
        return p is not None and p < self.level

    def read(self, step: ShownStep) -> str:
        """Return which ends show a step: ``both``, ``opposite``, ``start``, ``end``, ``none``; ``open`` without p."""
        start, end = (self.shown(step, part) for part in ENDS)
        if start and end:
            same = (step.parts["from_start"]["effect"] > 0) == (step.parts["from_end"]["effect"] > 0)
            return "both" if same else "opposite"
        if start or end:
            return "start" if start else "end"
        known = [step.parts[part]["p_holm"] for part in ENDS if part in step.parts]
        return "none" if known and None not in known else "open"

    @property
    def has_open(self) -> bool:
        """Whether the table says for any part of a step how many seeds would decide it."""
        rows = [step.parts[part] for step in self.steps for part in BY_STEP if part in step.parts]
        return any(row["seeds_never"] is not None for row in rows)


def shown_bridges(
    names: Iterable[BridgeNames], table: pd.DataFrame, level: float, phrases: Phrases
) -> dict[str, ShownBridge]:
    """Return all bridges of a study by name; ``table`` is the audit's and ``level`` that of its tests."""
    return {bridge.name: _shown(bridge, rows_of(table, bridge.name), level, phrases) for bridge in names}


def rows_of(table: pd.DataFrame, bridge: str) -> list[dict[str, Any]]:
    """Return the rows of a bridge as plain values."""
    return plain_rows(table[table["bridge"] == bridge])


def step_label(step: StepNames, phrases: Phrases) -> str:
    """Return a step's label, or else the phrase of its only setting, or else its name."""
    if step.label is not None:
        return step.label
    return phrases.text("drawing.steps", step.settings[0]) if len(step.settings) == 1 else step.name


def as_title(label: str) -> str:
    """Return a label with a capital first letter."""
    return label[:1].upper() + label[1:]


def plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table; None where a cell is empty or infinite."""
    records = table.astype(object).to_dict("records")
    return [{str(name): _plain(value) for name, value in record.items()} for record in records]


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def _shown(bridge: BridgeNames, rows: Sequence[Row], level: float, phrases: Phrases) -> ShownBridge:
    every = [row for row in rows if row["runs"] == "all"]
    learned = [row for row in rows if row["runs"] == "learned"]
    collapsed = [row["effect"] for row in every] != [row["effect"] for row in learned]
    return ShownBridge(
        name=bridge.name,
        start=bridge.start,
        end=bridge.end,
        label=bridge.label,
        covers=bridge.covers,
        steps=tuple(
            ShownStep(
                name=step.name,
                label=step_label(step, phrases),
                settings=step.settings,
                parts=_by_part(every, step.name),
                learned=_by_part(learned, step.name) if collapsed else {},
            )
            for step in bridge.steps
        ),
        parts=_by_part(every, None),
        level=level,
    )


def _by_part(rows: Iterable[Row], step: str | None) -> dict[str, Row]:
    return {row["part"]: row for row in rows if row["step"] == step}
