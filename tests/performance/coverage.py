"""Print how often the audit's intervals hold the truth, over simulated studies: `python tests/performance/coverage.py`.

A network is right about an image if the network's luck, the image's ease and luck with that image add up to more than
nothing; all three are normal. The truth is then known: for the test images at hand and for new ones.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from study.audit.intervals import Interval, crossed_mean, mean_interval

SEEDS = (3, 5, 10)
DEVIATIONS = (0.5, 1.5, 4.0)
"""Of an arm's accuracy over seeds, in percentage points."""
ACCURACIES = (0.80, 0.78)
"""Of an arm, and of the arm it is compared with."""
EASE = 1.2
"""Standard deviation of the images' ease, in units of the luck with one image."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Recipe:
    """An arm to simulate: its mean score and how much its networks differ, in units of the luck with one image."""

    mean: float
    deviation: float

    def expected(self, ease: npt.NDArray[np.float64]) -> float:
        """Accuracy over all networks, on images of this ease (float64 [images])."""
        return float(stats.norm.cdf((self.mean + ease) / np.hypot(1, self.deviation)).mean())

    @property
    def accuracy(self) -> float:
        """Over all networks and all images."""
        return float(stats.norm.cdf(self.mean / np.sqrt(1 + EASE**2 + self.deviation**2)))

    def runs(self, ease: npt.NDArray[np.float32], seeds: int, generator: np.random.Generator) -> npt.NDArray[np.bool_]:
        """Right or wrong, bool [seeds, images]."""
        luck = generator.standard_normal((seeds, len(ease)), dtype=np.float32)
        networks = self.mean + self.deviation * generator.standard_normal((seeds, 1), dtype=np.float32)
        return luck + ease > -networks


def recipe(accuracy: float, points: float) -> Recipe:
    """The recipe whose networks have this mean accuracy and, over all images, this standard deviation in points."""

    def spread(deviation: float) -> float:
        score = stats.norm.ppf(accuracy) * np.sqrt(1 + EASE**2 + deviation**2)
        nodes = stats.norm.ppf((np.arange(400) + 0.5) / 400)
        return float(stats.norm.cdf((score + deviation * nodes) / np.hypot(1, EASE)).std()) - points / 100

    deviation = float(optimize.brentq(spread, 1e-6, 2))
    return Recipe(float(stats.norm.ppf(accuracy) * np.sqrt(1 + EASE**2 + deviation**2)), deviation)


def covered(
    seeds: int, points: float, studies: int, images: int, generator: np.random.Generator
) -> Iterator[tuple[bool, bool, bool]]:
    """Of each study, whether three intervals hold the truth: these images, new images, difference for new images."""
    arm, other = (recipe(accuracy, points) for accuracy in ACCURACIES)
    for _ in range(studies):
        ease = (EASE * generator.standard_normal(images)).astype(np.float32)
        right, others = arm.runs(ease, seeds, generator), other.runs(ease, seeds, generator)
        difference = crossed_mean(right.astype(np.int8) - others.astype(np.int8))
        crossed = crossed_mean(right)
        yield (
            holds(mean_interval(right.mean(axis=1), CONFIDENCE), arm.expected(ease.astype(np.float64))),
            holds(crossed.interval(CONFIDENCE) if crossed else None, arm.accuracy),
            holds(difference.interval(CONFIDENCE) if difference else None, arm.accuracy - other.accuracy),
        )


def holds(interval: Interval | None, truth: float) -> bool:
    """Whether the truth lies in the interval; no interval holds nothing."""
    return interval is not None and interval.low <= truth <= interval.high


def coverage(seeds: int, points: float, studies: int, images: int) -> npt.NDArray[np.float64]:
    """Shares of studies whose intervals hold the truth, float64 [3], in the order of ``covered``."""
    generator = np.random.default_rng([seeds, round(100 * points), studies, images])
    return np.mean(list(covered(seeds, points, studies, images, generator)), axis=0)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2000, help="simulated studies per row (default: 2000)")
    parser.add_argument("--images", type=int, default=10_000, help="test images of a study (default: 10000)")
    arguments = parser.parse_args()
    print("seeds  deviation (points)  these images  new images  difference, new images")
    for seeds in SEEDS:
        for points in DEVIATIONS:
            shares = 100 * coverage(seeds, points, arguments.studies, arguments.images)
            print(f"{seeds:5}  {points:18}  {shares[0]:11.1f}%  {shares[1]:9.1f}%  {shares[2]:21.1f}%", flush=True)


if __name__ == "__main__":
    main()
