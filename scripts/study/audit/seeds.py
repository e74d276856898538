"""How many seeds would decide what the present ones leave open."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from study.audit.intervals import CrossedMean, Floats, varies

MOST = 100
"""The largest number of seeds that is proposed."""


@dataclass(frozen=True)
class SeedsNeeded:
    """A range, since the deviation over seeds that it rests on is itself uncertain."""

    fewest: int | None
    """If the deviation is as small as the runs allow; None: over ``MOST``, or never."""
    most: int | None
    """If it is as large as they allow; None: over ``MOST``, or never."""
    never: bool
    """No number of seeds decides: what more seeds cannot reduce is too wide by itself."""


def seeds_for_mean(found: CrossedMean, reach: float, decided_at: float, confidence: float) -> SeedsNeeded:
    """Return how many seeds make a mean's interval, at the confidence ``decided_at``, narrower than ``reach``.

    More seeds reduce the seeds' part, but not the images', which is assumed to be as estimated. The limits of the
    deviation over seeds contain it with ``confidence``.
    """
    tail = (1 - decided_at) / 2
    by_image = float(stats.t.isf(tail, found.images - 1)) * found.image_error
    if by_image >= reach:
        return SeedsNeeded(None, None, never=True)
    limits = _limits(found.seed_error * np.sqrt(found.seeds), found.seeds, confidence)
    more = np.arange(found.seeds + 1, MOST + 1)
    factors = stats.t.isf(tail, more - 1) / np.sqrt(more)
    fewest, most = (_first(more, np.hypot(factors * deviation, by_image) < reach) for deviation in limits)
    return SeedsNeeded(fewest, most, never=False)


def seeds_for_run(values: Floats, reach: float, decided_at: float, confidence: float) -> SeedsNeeded | None:
    """Return how many seeds make one more run's interval reach at most ``reach``; ``values`` is float64 [seeds].

    With any number it reaches as far as the normal distribution of one run does. Otherwise as ``seeds_for_mean``; None
    unless the values vary.
    """
    if not varies(values):
        return None
    tail = (1 - decided_at) / 2
    limits = _limits(float(values.std(ddof=1)), len(values), confidence)
    if float(stats.norm.isf(tail)) * limits[0] >= reach:
        return SeedsNeeded(None, None, never=True)
    more = np.arange(len(values) + 1, MOST + 1)
    factors = stats.t.isf(tail, more - 1) * np.sqrt(1 + 1 / more)
    fewest, most = (_first(more, factors * deviation <= reach) for deviation in limits)
    return SeedsNeeded(fewest, most, never=False)


def _limits(deviation: float, seeds: int, confidence: float) -> tuple[float, float]:
    """Return both limits of a true standard deviation, from its chi-squared interval."""
    tails = stats.chi2.ppf(((1 + confidence) / 2, (1 - confidence) / 2), seeds - 1)
    low, high = deviation * np.sqrt((seeds - 1) / tails)
    return float(low), float(high)


def _first(seeds: npt.NDArray[np.int64], decides: npt.NDArray[np.bool_]) -> int | None:
    return int(seeds[decides.argmax()]) if decides.any() else None
