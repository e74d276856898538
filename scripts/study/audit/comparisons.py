"""Comparisons of two arms' test accuracies, seed by seed and image by image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from study.audit.arms import AuditArm
from study.audit.intervals import CrossedMean, Floats, Interval, crossed_mean, mean_interval
from study.config.blocks import Evaluation

Pair = tuple[str, str]
"""Names of two arms, sorted: apart from its sign, a comparison gives the same result in both orders."""


@dataclass(frozen=True)
class Comparison:
    """Test accuracy of the first arm minus that of the second, as fractions, over the seeds that both have.

    Every p is for new images.
    """

    seeds: int
    difference: float
    crossed: CrossedMean | None
    """The difference with both parts of its standard error."""
    these_images: Interval | None
    new_images: Interval | None
    p: float | None
    """Two-sided, for no difference."""
    equivalence_p: float | None
    """For a difference of at least the margin."""
    beyond_p: float | None
    """Two-sided, for a difference within the margin."""
    equivalence_power: float | None
    """Probability that ``equivalence_p`` is below the level if there is no difference."""


def compare(one: AuditArm, other: AuditArm, evaluation: Evaluation) -> Comparison | None:
    """Compare two arms; None without a common seed, and only the difference with a single seed or without spread.

    Both arms must have been tested on the same images.
    """
    by_image = image_differences(one, other)
    if not by_image.size:
        return None
    differences, crossed = by_image.mean(axis=1), crossed_mean(by_image)
    margin, confidence = evaluation.equivalence_margin, evaluation.confidence
    these_images = mean_interval(differences, confidence)
    return Comparison(
        seeds=len(differences),
        difference=float(differences.mean()),
        crossed=crossed,
        these_images=these_images.within(-1, 1) if these_images else None,
        new_images=crossed.interval(confidence).within(-1, 1) if crossed else None,
        p=crossed.p if crossed else None,
        equivalence_p=crossed.equivalence_p(margin) if crossed else None,
        beyond_p=crossed.beyond_p(margin) if crossed else None,
        equivalence_power=crossed.equivalence_power(margin, confidence) if crossed else None,
    )


def image_differences(one: AuditArm, other: AuditArm) -> Floats:
    """Return 1 where only the first arm is right, -1 where only the second is, otherwise 0: float64 [seeds, images].

    There is a row for each seed that both arms have: see ``weighted``.
    """
    return weighted([(1.0, one), (-1.0, other)])


def weighted(parts: Sequence[tuple[float, AuditArm]]) -> Floats:
    """Return the weighted sum of which images are right (1) or wrong (0), float64 [seeds, images].

    There is a row per seed that all arms have, in ascending order, whatever the order of the arms' seeds; the images
    must be the same.
    """
    seeds = set.intersection(*(set(arm.seeds) for _, arm in parts))
    total = np.zeros((len(seeds), parts[0][1].correct.shape[1]))
    for weight, arm in parts:
        total += weight * arm.with_seeds(seeds).correct
    return total


def larger_p(ps: Sequence[float | None]) -> float | None:
    """Return the larger of the p values with and without collapsed runs; None unless both are known."""
    known = [p for p in ps if p is not None]
    return max(known) if len(known) == 2 else None


def pair_of(one: AuditArm, other: AuditArm) -> Pair:
    """Return the name of a comparison."""
    first, second = sorted((one.name, other.name))
    return first, second
