"""Weighted sums of arms' test accuracies: effects of settings, interactions and shares of a gap."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from study.audit.arms import AuditArm
from study.audit.comparisons import larger_p, weighted
from study.audit.intervals import CrossedMean, Interval, crossed_mean

Weights = Mapping[str, float]
"""By arm; a difference of two arms has 1 and -1. The weights of a contrast add up to 0."""
Sample = Literal["all", "learned"]
SAMPLES: tuple[Sample, Sample] = ("all", "learned")
"""All runs, and without the seeds with which an arm collapsed."""
TESTED_ON = ("data", "test_images", "test_identity")
"""Facts of the images that are scored."""


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of test accuracies over the seeds that all its arms have, as a fraction."""

    seeds: int
    value: float
    crossed: CrossedMean | None
    """With both parts of its standard error; None if nothing is known about its spread."""
    reach: float
    """The largest value that accuracies from 0 to 1 can give."""

    def interval(self, confidence: float) -> Interval | None:
        """Return the interval for new seeds and new images, within what is possible."""
        return self.crossed.interval(confidence).within(-self.reach, self.reach) if self.crossed else None


Measured = Mapping[Sample, Contrast | None]
"""A contrast of all runs, and of those that learned."""


def measure_contrast(arms: Mapping[str, AuditArm], weights: Weights) -> Measured:
    """Compute a contrast for both samples."""
    return {sample: contrast(arms, weights, sample) for sample in SAMPLES}


def p_of(measured: Measured) -> float | None:
    """Return p for a contrast of 0, the larger of both samples'; None unless both are known."""
    return larger_p([item.crossed.p if item and item.crossed else None for item in measured.values()])


def share_test_images(arms: Iterable[AuditArm]) -> bool:
    """Return whether all arms were tested on the same images."""
    facts = [tuple(arm.facts.get(key) for key in TESTED_ON) for arm in arms]
    return all(found == facts[0] for found in facts)


def contrast(arms: Mapping[str, AuditArm], weights: Weights, sample: Sample = "all") -> Contrast | None:
    """Compute a contrast seed by seed and image by image, so that what arms share cancels; None without a common seed.

    The ``sample`` ``learned`` omits every seed with which one of the arms collapsed. All arms must have been tested on
    the same images.
    """
    used = [(weight, arms[name]) for name, weight in weights.items() if weight]
    if not used:
        return None
    by_image = weighted([(weight, arm.learned() if sample == "learned" else arm) for weight, arm in used])
    if not by_image.size:
        return None
    reach = sum(weight for weight, _ in used if weight > 0)
    return Contrast(len(by_image), float(by_image.mean()), crossed_mean(by_image), reach)


def difference(one: str, other: str) -> dict[str, float]:
    """Return the weights of the first arm minus the second."""
    return plus((1.0, {one: 1.0}), (-1.0, {other: 1.0}))


def plus(*parts: tuple[float, Weights]) -> dict[str, float]:
    """Return a weighted sum of contrasts, without arms that cancel out."""
    total: dict[str, float] = {}
    for factor, weights in parts:
        for arm, weight in weights.items():
            total[arm] = total.get(arm, 0.0) + factor * weight
    # Sums of thirds and sixths are not exactly 0 in binary.
    return {arm: weight for arm, weight in total.items() if abs(weight) > 1e-12}
