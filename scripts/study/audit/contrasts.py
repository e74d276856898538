"""Weighted sums of arms' test accuracies: effects of settings, interactions and shares of a gap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from study.audit.arms import AuditArm
from study.audit.intervals import CrossedMean, Floats, crossed_mean

Weights = Mapping[str, float]
"""By arm; a difference of two arms has 1 and -1. The weights of a contrast add up to 0."""
Sample = Literal["all", "learned"]


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of test accuracies over the seeds that all its arms have, as a fraction."""

    seeds: int
    value: float
    crossed: CrossedMean | None
    """With both parts of its standard error; None if nothing is known about its spread."""


def contrast(arms: Mapping[str, AuditArm], weights: Weights, sample: Sample = "all") -> Contrast | None:
    """Compute a contrast seed by seed and image by image, so that what arms share cancels; None without a common seed.

    The ``sample`` ``learned`` omits every seed with which one of the arms collapsed. All arms must have been tested on
    the same images.
    """
    used = [arms[name] for name, weight in weights.items() if weight]
    if not used:
        return None
    chosen = [arm.learned() for arm in used] if sample == "learned" else used
    seeds = sorted(set.intersection(*(set(arm.seeds) for arm in chosen)))
    if not seeds:
        return None
    by_image = sum_over([(weights[arm.name], arm.with_seeds(seeds)) for arm in chosen])
    return Contrast(len(seeds), float(by_image.mean()), crossed_mean(by_image))


def sum_over(parts: Sequence[tuple[float, AuditArm]]) -> Floats:
    """Return the weighted sum, float64 [seeds, images]; all arms must have the same seeds and images."""
    total = np.zeros(parts[0][1].correct.shape, dtype=np.float64)
    for weight, arm in parts:
        total += weight * arm.correct
    return total


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
