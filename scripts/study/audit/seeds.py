"""How many seeds would decide what those at hand leave open."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from study.audit.intervals import CrossedMean, Floats, varies

MOST = 100
"""No larger number of seeds is proposed."""


@dataclass(frozen=True)
class SeedsNeeded:
    """A range, since the deviation over seeds that it rests on is itself uncertain."""

    fewest: int | None
    """If the deviation is as small as the runs allow; None: over ``MOST``, or never."""
    most: int | None
    """If it is as large as they allow; None likewise."""
    never: bool
    """No number of seeds decides: what they do not make smaller is too wide by itself."""


def seeds_for_mean(found: CrossedMean, reach: float, decided_at: float, confidence: float) -> SeedsNeeded:
    """Seeds until the interval of a mean, at the confidence ``decided_at``, is narrower than ``reach`` to either side.

    More seeds make the seeds' part smaller, but not the images', which is taken to be what was estimated. The limits of
    the deviation over seeds hold it with ``confidence``.
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
    """Seeds until the interval for one more run reaches no further than ``reach``; ``values`` is float64 [seeds].

    However many there are, it reaches as far as the normal distribution of one run does. Otherwise as in
    ``seeds_for_mean``; None unless the values vary.
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
    """Both limits of a true standard deviation, from its chi-squared interval."""
    tails = stats.chi2.ppf(((1 + confidence) / 2, (1 - confidence) / 2), seeds - 1)
    low, high = deviation * np.sqrt((seeds - 1) / tails)
    return float(low), float(high)


def _first(seeds: npt.NDArray[np.int64], decides: npt.NDArray[np.bool_]) -> int | None:
    return int(seeds[decides.argmax()]) if decides.any() else None
