"""Two arms' test accuracies against each other, seed by seed and image by image."""

from dataclasses import dataclass

import numpy as np
from statsmodels.stats.multitest import multipletests

from study.audit.arms import AuditArm
from study.audit.intervals import (
    Floats,
    Interval,
    crossed_mean,
    equivalence_p,
    equivalence_power,
    mean_interval,
)
from study.spec.study import Evaluation

Pair = tuple[str, str]
"""Names of two arms, sorted: a comparison's result is the same, but for its sign, in both orders."""


@dataclass(frozen=True)
class Comparison:
    """Test accuracy of the first arm less that of the second, as fractions, over the seeds that both have."""

    seeds: int
    difference: float
    these_images: Interval | None
    new_images: Interval | None
    p: float | None
    """Two-sided, of no difference on new images."""
    equivalence_p: float | None
    """Of a difference of the margin or more, on these images."""
    equivalence_power: float | None
    """Chance of that p below the level where there is no difference."""


def compare(one: AuditArm, other: AuditArm, evaluation: Evaluation) -> Comparison | None:
    """None if no seed is common to both; without two seeds, or where nothing varies, only the difference.

    Both arms must have been tested on the same images.
    """
    by_image = image_differences(one, other)
    if not by_image.size:
        return None
    differences, crossed = by_image.mean(axis=1), crossed_mean(by_image)
    margin, confidence = evaluation.equivalence_margin, evaluation.confidence
    return Comparison(
        seeds=len(differences),
        difference=float(differences.mean()),
        these_images=mean_interval(differences, confidence),
        new_images=crossed.interval(confidence) if crossed else None,
        p=crossed.p if crossed else None,
        equivalence_p=equivalence_p(differences, margin) if crossed else None,
        equivalence_power=equivalence_power(differences, margin, confidence) if crossed else None,
    )


def image_differences(one: AuditArm, other: AuditArm) -> Floats:
    """1 where only the first arm is right, -1 where only the second is, otherwise 0: float64 [seeds, images].

    The seeds are those that both arms have; the images must be the same.
    """
    seeds = [seed for seed in one.seeds if seed in other.seeds]
    first, second = (arm.with_seeds(seeds).correct.astype(np.float64) for arm in (one, other))
    return first - second


def pair_of(one: AuditArm, other: AuditArm) -> Pair:
    """The name of a comparison."""
    first, second = sorted((one.name, other.name))
    return first, second


def holm(ps: dict[Pair, float]) -> dict[Pair, float]:
    """p values adjusted for their number (Holm 1979, "A simple sequentially rejective multiple test procedure")."""
    if not ps:
        return {}
    adjusted = multipletests(list(ps.values()), method="holm")[1]
    return dict(zip(ps, map(float, adjusted), strict=True))
