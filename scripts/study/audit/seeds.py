"""How many seeds would decide what those at hand leave open."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

from study.audit.intervals import Floats

MOST = 100
"""No larger number of seeds is proposed."""

SeedRange = tuple[int | None, int | None]
"""Fewest seeds if the deviation is small, and if it is large; None: over ``MOST``."""


def seeds_for_difference(
    groups: Sequence[Floats], present: int, difference: float, confidence: float
) -> SeedRange | None:
    """Seeds per arm until the interval of a difference of two arms leaves 0 out, if the difference stays as it is.

    ``groups`` are the accuracies of each arm, float64 [seeds], of which ``present`` seeds do not decide.
    """
    return _seeds(groups, present, lambda seeds: np.sqrt(2 / seeds), abs(difference), confidence)


def seeds_for_value(groups: Sequence[Floats], present: int, resolution: float, confidence: float) -> SeedRange | None:
    """Seeds until a prediction interval reaches no further than ``resolution`` to either side; otherwise the same."""
    return _seeds(groups, present, lambda seeds: np.sqrt(1 + 1 / seeds), resolution, confidence)


def _seeds(
    groups: Sequence[Floats], present: int, deviations: Callable[[int], float], reach: float, confidence: float
) -> SeedRange | None:
    """Both ends of the range: an estimated deviation is itself uncertain, so one number would mislead.

    The deviation is pooled over all arms that have two seeds, and its limits are those of its chi-squared interval.
    None if nothing is known of it.
    """
    groups = [group for group in groups if len(group) > 1]
    freedom = sum(len(group) - 1 for group in groups)
    squares = sum(float(np.square(group - group.mean()).sum()) for group in groups)
    if squares == 0.0:
        return None
    tails = stats.chi2.ppf(((1 + confidence) / 2, (1 - confidence) / 2), freedom)
    more = range(max(present, 1) + 1, MOST + 1)
    factors = {seeds: stats.t.ppf((1 + confidence) / 2, seeds - 1) * deviations(seeds) for seeds in more}
    low, high = (
        next((seeds for seeds, factor in factors.items() if factor * np.sqrt(squares / tail) < reach), None)
        for tail in tails
    )
    return low, high
