"""Random changes to the training images of an epoch: drawn by seed, epoch and image, the same in both frameworks."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from study.data.splits import Indices
from study.training.randomness import epoch_flips

Draws = Mapping[str, npt.NDArray[np.generic]]
"""Values by name, one row per image; empty if images stay unchanged. ``mirrored``, bool: flipped left to right."""
NO_DRAWS: Draws = {}

BY_NAME: Mapping[str, Callable[[int, int, int], Draws]] = {
    "none": lambda images, seed, epoch: NO_DRAWS,
    "flips": lambda images, seed, epoch: {"mirrored": epoch_flips(images, seed, epoch)},
}
"""Draws of each augmentation for a number of training images, a run's seed and an epoch (from 1)."""


def epoch_draws(augmentation: str, images: int, seed: int, epoch: int) -> Draws:
    """Return the draws for all training images of an epoch."""
    return BY_NAME[augmentation](images, seed, epoch)


def draws_at(draws: Draws, places: Indices | slice) -> Draws:
    """Return the rows of the images at these places."""
    return {name: values[places] for name, values in draws.items()}
