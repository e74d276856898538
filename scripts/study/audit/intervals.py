"""Intervals and tests for accuracies of several runs: over seeds, and over seeds and images at once."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats
from statsmodels.stats.weightstats import ttost_paired

Floats = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """Both ends, as fractions."""

    low: float
    high: float


def mean_interval(values: Floats, confidence: float) -> Interval | None:
    """Student's interval of the mean over seeds, for the test images at hand; ``values`` is float64 [seeds].

    None with fewer than two seeds, or if they do not vary: nothing is then known of their spread.
    """
    return _student(values, confidence, 1 / np.sqrt(len(values)) if len(values) else 0.0)


def prediction_interval(values: Floats, confidence: float) -> Interval | None:
    """Where one more run of the same recipe falls (Hahn & Meeker 1991, "Statistical intervals", section 4.8).

    ``values`` is float64 [seeds]; None as in ``mean_interval``.
    """
    return _student(values, confidence, np.sqrt(1 + 1 / len(values)) if len(values) else 0.0)


def _student(values: Floats, confidence: float, deviations: float) -> Interval | None:
    if not varies(values):
        return None
    half = stats.t.ppf((1 + confidence) / 2, len(values) - 1) * values.std(ddof=1) * deviations
    return Interval(float(values.mean() - half), float(values.mean() + half))


def varies(values: Floats) -> bool:
    """Whether there are two values that differ."""
    return len(values) > 1 and bool(values.min() < values.max())


@dataclass(frozen=True)
class CrossedMean:
    """A mean over seeds and images, both drawn at random, with its standard error and degrees of freedom."""

    mean: float
    standard_error: float
    freedom: float

    def interval(self, confidence: float) -> Interval:
        """For new seeds and new images of the same kind."""
        half = float(stats.t.ppf((1 + confidence) / 2, self.freedom)) * self.standard_error
        return Interval(self.mean - half, self.mean + half)

    @property
    def p(self) -> float:
        """Two-sided, of a mean of 0."""
        return float(2 * stats.t.sf(abs(self.mean) / self.standard_error, self.freedom))


def crossed_mean(values: npt.NDArray[np.generic]) -> CrossedMean | None:
    """Mean of a two-way crossed layout with random seeds and images, without replication.

    ``values`` is [seeds, images]: right or wrong, or differences of these. The variance of the mean is (seeds' mean
    square + images' - residual's) / (seeds x images) (Searle, Casella & McCulloch 1992, "Variance components",
    chapter 4), at least the larger of the first two; its degrees of freedom are those of Satterthwaite 1946, "An
    approximate distribution of estimates of variance components". None unless the seeds' means vary.
    """
    table = np.asarray(values, dtype=np.float64)
    seeds, images = table.shape
    by_seed, by_image, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    if not varies(by_seed):
        return None
    seed_square = images * float(np.square(by_seed - mean).sum()) / (seeds - 1)
    image_square = seeds * float(np.square(by_image - mean).sum()) / (images - 1)
    total = float(np.square(table - mean).sum())
    free = (seeds - 1) * (images - 1)
    residual = (total - (seeds - 1) * seed_square - (images - 1) * image_square) / free
    variance = max(seed_square, image_square, seed_square + image_square - residual)
    spread = seed_square**2 / (seeds - 1) + image_square**2 / (images - 1) + residual**2 / free
    return CrossedMean(float(mean), float(np.sqrt(variance / table.size)), variance**2 / spread)


def equivalence_p(differences: Floats, margin: float) -> float:
    """p of a mean difference of ``margin`` or more, by two one-sided tests (Schuirmann 1987).

    ``differences`` is float64 [seeds] and varies.
    """
    return float(ttost_paired(differences, np.zeros_like(differences), -margin, margin)[0])


def equivalence_power(differences: Floats, margin: float, confidence: float) -> float:
    """Chance that ``equivalence_p`` is below 1 - ``confidence`` where there is no difference at all.

    ``differences`` is float64 [seeds] and varies; its deviation is taken for the true one. The chance given an
    estimated deviation is averaged over that estimate's distribution (Phillips 1990, "Power of the two one-sided
    tests procedure").
    """
    seeds, deviation = len(differences), float(differences.std(ddof=1))
    shares = (np.arange(2000) + 0.5) / 2000
    estimates = deviation * np.sqrt(stats.chi2.ppf(shares, seeds - 1) / (seeds - 1))
    room = margin - stats.t.ppf(confidence, seeds - 1) * estimates / np.sqrt(seeds)
    within = 2 * stats.norm.cdf(room * np.sqrt(seeds) / deviation) - 1
    return float(np.clip(within, 0, None).mean())
