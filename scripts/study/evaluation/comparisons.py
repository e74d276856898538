"""The document's three conclusions, each a comparison of two arms' test accuracies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any, Literal

from scipy.stats import ttest_ind

from study.evaluation.results import ArmResult, differing_settings
from study.spec.study import Section

Outcome = Literal["same_direction", "opposite_direction", "undecided", "not_run"]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Conclusion:
    """The document says that the arm of one section scores higher, or lower, than the arm of another."""

    name: str
    section: Section
    reference: Section
    higher: bool


CONCLUSIONS = (
    Conclusion("frameworks", "1.2", "1.1", higher=True),
    Conclusion("pretraining", "2.1", "1.1", higher=True),
    Conclusion("complexity", "2.2", "1.2", higher=False),
)


def compare(conclusion: Conclusion, arms: Mapping[Section, ArmResult], confidence: float) -> dict[str, Any]:
    """What the runs say of a conclusion, as plain JSON values; ``arms`` are by section, differences are fractions."""
    compared = [arms.get(section) for section in (conclusion.section, conclusion.reference)]
    comparison: dict[str, Any] = {
        "name": conclusion.name,
        "section": conclusion.section,
        "reference": conclusion.reference,
        "document_higher": conclusion.higher,
        "document_difference": _document_difference(compared),
        "arms": [result.arm.name if result else None for result in compared],
        "means": [mean(result.test_accuracies) if result else None for result in compared],
        "difference": None,
        "interval": None,
        "differing_settings": [],
        "outcome": "not_run",
    }
    one, other = compared
    if one is None or other is None:
        return comparison
    interval = welch_interval(one.test_accuracies, other.test_accuracies, confidence)
    return comparison | {
        "difference": mean(one.test_accuracies) - mean(other.test_accuracies),
        "interval": interval,
        "differing_settings": differing_settings(one.spec, other.spec),
        "outcome": outcome(interval, conclusion.higher),
    }


def welch_interval(one: Sequence[float], other: Sequence[float], confidence: float) -> Interval | None:
    """Interval of the difference of two means with unequal variances (Welch 1947); None where it has no width.

    That is with fewer than two values on a side, or if neither side varies.
    """
    if min(len(one), len(other)) < 2 or (len(set(one)) == 1 and len(set(other)) == 1):
        return None
    interval = ttest_ind(one, other, equal_var=False).confidence_interval(confidence)
    return float(interval.low), float(interval.high)


def outcome(interval: Interval | None, higher: bool) -> Outcome:
    """Which side of 0 the interval lies on, seen from the document's side."""
    if interval is None or interval[0] <= 0 <= interval[1]:
        return "undecided"
    return "same_direction" if (interval[0] > 0) == higher else "opposite_direction"


def _document_difference(compared: Sequence[ArmResult | None]) -> float | None:
    figures = [result.arm.document.test_accuracy for result in compared if result and result.arm.document]
    return figures[0] - figures[1] if len(figures) == 2 else None
