"""What both frameworks are given: the same few images, labels, gradients and dropout draws, all from NumPy."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from study.data.images import Images
from study.data.resize import resize
from study.data.scaling import scale
from study.data.tensor_cache import TensorCache
from study.parity.spec import BATCH
from study.recipe.data import InputSpec
from study.training.randomness import derive_seed

Doubles = NDArray[np.float64]

TRAIN_IMAGES = 30
"""Images of the free run: the last batch of an epoch is incomplete, so that the mean over a batch is tested too."""
TEST_IMAGES = 8

STEPS = 40
MAGNITUDES = np.geomspace(1e-9, 1, 64)
"""Magnitudes of the gradients that an optimiser is tested with."""


@dataclass(frozen=True)
class Sample:
    """The images of one certificate."""

    cache: TensorCache
    """The first training and test images, as they are stored."""
    inputs: NDArray[np.float32]
    """The first BATCH training images, prepared by NumPy, [N, 3, S, S]."""
    labels: NDArray[np.int64]
    """Their labels, [N]."""


def take_sample(cache: TensorCache, spec: InputSpec) -> Sample:
    """Return the sample of a tensor cache."""

    def first(images: Images, count: int) -> Images:
        return Images(np.array(images.images[:count]), np.array(images.labels[:count]))

    small = replace(cache, train=first(cache.train, TRAIN_IMAGES), test=first(cache.test, TEST_IMAGES))
    images = small.train.images[:BATCH]
    if cache.manifest["store"] == "native" and spec.size != images.shape[1]:
        images = resize(images, spec.size, spec.resize)
    inputs = np.ascontiguousarray(scale(images, spec.scaling).transpose(0, 3, 1, 2))
    return Sample(small, inputs, small.train.labels[:BATCH])


def gradient_sequence() -> tuple[Doubles, Doubles]:
    """Return start [K] and gradients [STEPS, K] for an optimiser, one column per magnitude.

    The start has the gradients' magnitude, so that float64 can resolve SGD's small moves.
    """
    generator = np.random.Generator(np.random.PCG64(derive_seed(0, "parity:gradients")))
    start = MAGNITUDES * generator.normal(size=len(MAGNITUDES))
    signs = generator.choice([-1.0, 1.0], (STEPS, len(MAGNITUDES)))
    return start, MAGNITUDES * signs * generator.uniform(0.5, 1.5, (STEPS, len(MAGNITUDES)))


def rate_sequences(learning_rate: float) -> dict[str, Doubles]:
    """Return the learning rates [STEPS] of each test of an optimiser."""
    stepped = np.full(STEPS, learning_rate)
    stepped[STEPS // 2 :] *= 0.1
    return {"constant rate": np.full(STEPS, learning_rate), "stepped rate": stepped}


def dropout_draws(layer: str, shape: tuple[int, ...]) -> Doubles:
    """Return uniform draws from 0 to 1 [TRAIN_IMAGES, *shape]; a dropout layer drops those below its rate.

    ``shape`` is that of the layer's input for one image, in PyTorch's layout.
    """
    generator = np.random.Generator(np.random.PCG64(derive_seed(0, f"parity:{layer}")))
    return generator.uniform(size=(TRAIN_IMAGES, *shape))
