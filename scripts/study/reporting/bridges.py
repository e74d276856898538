"""Bridges as the report and its figures show them: names, and the numbers of every step."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from study.audit.bridges import Part
from study.reporting.phrases import Phrases
from study.reporting.specs import BridgeNames, StepNames

Row = Mapping[str, Any]
"""Of bridges.csv; None where a cell is empty. Effects are fractions."""
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
    """Of all runs, by part."""
    learned: Mapping[str, Row]
    """Without runs that collapsed; empty where there are none."""

    @property
    def title(self) -> str:
        """The label where nothing stands before it."""
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
    """Of the whole bridge and of all runs, by part; empty where nothing could be measured."""
    level: float
    """From which p on nothing counts as shown."""

    @property
    def noise(self) -> float | None:
        """How far two sets of seeds of one arm come apart by chance."""
        noise: float | None = self.parts["gap"]["noise"]
        return noise

    def shown(self, step: ShownStep, part: Part) -> bool:
        """Whether a part of a step differs from zero by more than chance, beside all others of the bridge."""
        p = step.parts[part]["p_holm"] if part in step.parts else None
        return p is not None and p < self.level

    def read(self, step: ShownStep) -> str:
        """What both ends say of a step: ``both``, ``opposite``, ``start``, ``end``, ``none``; ``open`` without p."""
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
        """Whether it is said of any part of a step how many seeds would decide it."""
        rows = [step.parts[part] for step in self.steps for part in BY_STEP if part in step.parts]
        return any(row["seeds_never"] is not None for row in rows)


def shown_bridges(
    names: Iterable[BridgeNames], table: pd.DataFrame, level: float, phrases: Phrases
) -> dict[str, ShownBridge]:
    """All bridges of a study, by name; ``table`` is the audit's, ``level`` that of its tests."""
    return {bridge.name: _shown(bridge, rows_of(table, bridge.name), level, phrases) for bridge in names}


def rows_of(table: pd.DataFrame, bridge: str) -> list[dict[str, Any]]:
    """The rows of a bridge as plain values."""
    return plain_rows(table[table["bridge"] == bridge])


def step_label(step: StepNames, phrases: Phrases) -> str:
    """What a step is called: by its label, by its only setting, or by its name."""
    if step.label is not None:
        return step.label
    return phrases.text("drawing.steps", step.settings[0]) if len(step.settings) == 1 else step.name


def as_title(label: str) -> str:
    """A label that begins with a capital."""
    return label[:1].upper() + label[1:]


def plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table; None where a cell is empty or infinite."""
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
