"""Intervals and tests for accuracies of several runs: over seeds, and over seeds and images at once."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

Floats = npt.NDArray[np.float64]

LEAST_P = 1e-300
"""Smaller values of p cannot be distinguished: the limit of float64."""


class Interval(NamedTuple):
    """Both ends, as fractions."""

    low: float
    high: float

    def within(self, low: float, high: float) -> "Interval":
        """Clip both ends to a range: 0 to 1 for an accuracy, -1 to 1 for a difference of two."""
        return Interval(min(max(self.low, low), high), min(max(self.high, low), high))


def mean_interval(values: Floats, confidence: float) -> Interval | None:
    """Return Student's interval of the mean over seeds, for these test images; ``values`` is float64 [seeds].

    None with fewer than two seeds, or if they do not vary: their spread is then unknown.
    """
    return _student(values, confidence, 1 / np.sqrt(len(values)) if len(values) else 0.0)


def prediction_interval(values: Floats, confidence: float) -> Interval | None:
    """Return where one more run of the same recipe falls (Hahn & Meeker 1991, "Statistical intervals", section 4.8).

    ``values`` is float64 [seeds]; None as in ``mean_interval``.
    """
    return _student(values, confidence, np.sqrt(1 + 1 / len(values)) if len(values) else 0.0)


def prediction_p(values: Floats, distance: float) -> float | None:
    """Return the probability that one more run of the same recipe is at least this far from the mean, on either side.

    ``values`` is float64 [seeds]; None as in ``mean_interval``. The distribution is that of ``prediction_interval``.
    """
    if not varies(values):
        return None
    scale = values.std(ddof=1) * np.sqrt(1 + 1 / len(values))
    return float(2 * stats.t.sf(distance / scale, len(values) - 1))


def _student(values: Floats, confidence: float, deviations: float) -> Interval | None:
    if not varies(values):
        return None
    half = stats.t.ppf((1 + confidence) / 2, len(values) - 1) * values.std(ddof=1) * deviations
    return Interval(float(values.mean() - half), float(values.mean() + half))


def varies(values: Floats) -> bool:
    """Return whether there are two values that differ."""
    return len(values) > 1 and bool(values.min() < values.max())


@dataclass(frozen=True)
class CrossedMean:
    """A mean over seeds and images, both drawn at random, and the two parts of its standard error.

    The half width of its interval is the root of the sum of squares of those of both parts, each with its own
    degrees of freedom ("MOVER", Zou & Donner 2008, "Construction of confidence limits about effect measures: a general
    approach"; Graybill & Wang 1980, "Confidence intervals on nonnegative linear combinations of variances"). So it is
    never narrower than Student's interval over seeds, and p is never smaller than that of the t test over seeds.
    """

    mean: float
    seed_error: float
    """The seeds' part, including what is particular to a seed with an image; more seeds make it smaller."""
    image_error: float
    """The part of the images alone; more seeds do not change it."""
    seeds: int
    images: int

    def half_width(self, confidence: float) -> float:
        """Return how far the interval reaches on either side."""
        return self._half_width((1 - confidence) / 2)

    def interval(self, confidence: float) -> Interval:
        """Return the interval for new seeds and new images of the same kind."""
        half = self.half_width(confidence)
        return Interval(self.mean - half, self.mean + half)

    @property
    def p(self) -> float:
        """Two-sided, for a mean of 0: 1 minus the confidence whose interval just touches 0."""
        return self._p(abs(self.mean))

    def equivalence_p(self, margin: float) -> float:
        """Return p for a mean of at least ``margin`` on either side, by two one-sided tests (Schuirmann 1987)."""
        room = margin - abs(self.mean)
        return self._p(room) / 2 if room > 0 else 1 - self._p(-room) / 2

    def beyond_p(self, margin: float) -> float:
        """Return the two-sided p for a mean within ``margin``: 1 minus the confidence that just touches it."""
        return self._p(max(0.0, abs(self.mean) - margin))

    def equivalence_power(self, margin: float, confidence: float) -> float:
        """Return the probability that ``equivalence_p`` is below 1 - ``confidence`` if the true mean is 0.

        Both errors are taken as the true ones. The probability given the estimated error of the seeds is averaged over
        that estimate's distribution (Phillips 1990, "Power of the two one-sided tests procedure").
        """
        shares = (np.arange(2000) + 0.5) / 2000
        estimates = self.seed_error * np.sqrt(stats.chi2.ppf(shares, self.seeds - 1) / (self.seeds - 1))
        by_seed, by_image = (float(stats.t.ppf(confidence, count - 1)) for count in (self.seeds, self.images))
        room = margin - np.hypot(by_seed * estimates, by_image * self.image_error)
        within = 2 * stats.norm.cdf(room / np.hypot(self.seed_error, self.image_error)) - 1
        return float(np.clip(within, 0, None).mean())

    def _half_width(self, tail: float) -> float:
        # Student's upper quantiles, as from stats.t.isf, but without its checks, which would dominate the search.
        by_seed, by_image = (-special.stdtrit(count - 1, tail) for count in (self.seeds, self.images))
        return float(np.hypot(by_seed * self.seed_error, by_image * self.image_error))

    def _p(self, distance: float) -> float:
        """Return 1 minus the confidence whose interval reaches this far, searched by its logarithm: it may be tiny."""
        least = 2 * float(stats.t.sf(distance / self.seed_error, self.seeds - 1))
        if self.image_error:
            least = max(least, 2 * float(stats.t.sf(distance / self.image_error, self.images - 1)))
        start = np.log(max(least, LEAST_P))

        def excess(logarithm: float) -> float:
            return self._half_width(np.exp(logarithm) / 2) - distance

        if distance == 0.0 or excess(start) <= 0:
            return float(np.exp(start))
        return float(np.exp(optimize.brentq(excess, start, 0.0, xtol=1e-12)))


def crossed_mean(values: npt.NDArray[np.generic]) -> CrossedMean | None:
    """Return the mean of a two-way crossed layout with random seeds and images, without replication.

    ``values`` is [seeds, images]: right or wrong, or differences of these. The variance of the mean is (seeds' mean
    square + images' - residual's) / (seeds x images) (Searle, Casella & McCulloch 1992, "Variance components",
    chapter 4): the first is the seeds' part; the others, at least 0, are the images'. None with fewer than two images,
    or unless the seeds' means vary.
    """
    table = np.asarray(values, dtype=np.float64)
    seeds, images = table.shape
    by_seed, by_image, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    if images < 2 or not varies(by_seed):
        return None
    seed_square = images * float(np.square(by_seed - mean).sum()) / (seeds - 1)
    image_square = seeds * float(np.square(by_image - mean).sum()) / (images - 1)
    total = float(np.square(table - mean).sum())
    residual = (total - (seeds - 1) * seed_square - (images - 1) * image_square) / ((seeds - 1) * (images - 1))
    seed_error, image_error = np.sqrt(np.array([seed_square, max(0.0, image_square - residual)]) / table.size)
    return CrossedMean(float(mean), float(seed_error), float(image_error), seeds, images)
