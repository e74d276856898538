"""What a figure shows, for its caption."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Arm = Mapping[str, Any]
"""An arm of a summary: ``evaluation.summary.arm_summary``."""


class Confusion(NamedTuple):
    """The mistake that an arm makes most often, as a share of the true class's images."""

    true: str
    predicted: str
    share: float


class Spread(NamedTuple):
    """The class in which the arms differ most; accuracies are fractions."""

    name: str
    best: str
    highest: float
    worst: str
    lowest: float


def confusion(arm: Arm) -> Confusion | None:
    """Return the most frequent mistake, the first of equal ones; None for an arm without mistakes."""
    names = arm["data"]["class_names"]
    found = [
        Confusion(names[true], names[predicted], count / sum(row))
        for true, row in enumerate(arm["confusion"])
        for predicted, count in enumerate(row)
        if count and true != predicted
    ]
    return max(found, key=lambda item: item.share, default=None)


def spread(arms: Sequence[Arm]) -> Spread | None:
    """Return the class in which arms differ most, the first by name if equal; None unless two arms share a class."""
    by_class: dict[str, list[tuple[float, str]]] = {}
    for arm in arms:
        for row in arm["per_class"]:
            if row["accuracy"] is not None:
                by_class.setdefault(arm["data"]["class_names"][row["class"]], []).append((row["accuracy"], arm["name"]))
    found = [
        Spread(name, max(values)[1], max(values)[0], min(values)[1], min(values)[0])
        for name, values in by_class.items()
        if len(values) > 1
    ]
    return min(found, key=lambda item: (item.lowest - item.highest, item.name), default=None)


def overconfidence(arm: Arm) -> float:
    """Return by how much an arm's mean confidence exceeds its accuracy; negative if it is underconfident."""
    total = {key: sum(row[key] for row in arm["calibration"]) for key in ("images", "correct", "confidence")}
    return float((total["confidence"] - total["correct"]) / total["images"])


def classes_by_accuracy(arm: Arm) -> list[tuple[str, float]]:
    """Return names and accuracies of an arm's classes that have images, the worst first."""
    names = arm["data"]["class_names"]
    known = [(names[row["class"]], row["accuracy"]) for row in arm["per_class"] if row["accuracy"] is not None]
    return sorted(known, key=lambda item: item[1])


def by_mean(arms: Sequence[Arm], quantity: str) -> list[Arm]:
    """Return arms from the smallest to the largest mean of a quantity, equal ones by name."""
    return sorted(arms, key=lambda arm: (arm["statistics"][quantity]["mean"], arm["name"]))
