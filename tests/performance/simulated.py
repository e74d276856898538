"""Networks whose true accuracy is known, for simulated studies.

A network is right about an image if the network's luck, the image's ease and luck with that image add up to more than
nothing; all three are normal. The truth is then known: for the test images at hand and for new ones.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

EASE = 1.2
"""Standard deviation of the images' ease, in units of the luck with one image."""


def easy(images: int, generator: np.random.Generator) -> npt.NDArray[np.float32]:
    """The ease of new test images, float32 [images]."""
    return (EASE * generator.standard_normal(images)).astype(np.float32)


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


@cache
def recipe(accuracy: float, points: float) -> Recipe:
    """The recipe whose networks have this mean accuracy and, over all images, this standard deviation in points."""

    def spread(deviation: float) -> float:
        score = stats.norm.ppf(accuracy) * np.sqrt(1 + EASE**2 + deviation**2)
        nodes = stats.norm.ppf((np.arange(400) + 0.5) / 400)
        return float(stats.norm.cdf((score + deviation * nodes) / np.hypot(1, EASE)).std()) - points / 100

    deviation = float(optimize.brentq(spread, 1e-6, 2))
    return Recipe(float(stats.norm.ppf(accuracy) * np.sqrt(1 + EASE**2 + deviation**2)), deviation)
