"""scikit-learn's handwritten digits as images of the same shape as CIFAR-10's; they come with the library."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from study.data.images import Dataset, Images
from study.recipe.data import TensorSpec

ORDER_SEED = 20250801
"""Of the permutation that all parts are cut from; another value would change which images they hold."""
SPLITS: dict[str, tuple[slice, slice]] = {
    "main": (slice(0, 800), slice(800, 1097)),
    "pretraining": (slice(1097, 1697), slice(1697, 1797)),
}
"""Training and test images of each part, as ranges in the permutation of all 1,797 images."""
ENLARGEMENT = 4
"""How often each pixel is repeated in both directions, from 8 x 8 to 32 x 32."""
GREY_LEVELS = 16
"""The largest pixel value in the original images."""


def split_indices(part: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of a part's training and test images in the source's order."""
    order = np.random.Generator(np.random.PCG64(ORDER_SEED)).permutation(1797)
    train, test = SPLITS[part]
    return order[train], order[test]


def read(spec: TensorSpec, archive: Path | None) -> Dataset:
    """Read all images that a TensorSpec asks for; raise ValueError without its part."""
    if spec.part is None:
        raise ValueError("digits needs its part")
    return read_digits(spec.part)


def read_digits(part: str) -> Dataset:
    """A part of the digits: uint8 [N, 32, 32, 3] with equal channels, 0 to 255, classes "0" to "9"."""
    source = load_digits()
    grey = np.rint(source.images * (255 / GREY_LEVELS)).astype(np.uint8)
    large = grey.repeat(ENLARGEMENT, axis=1).repeat(ENLARGEMENT, axis=2)
    images = np.repeat(large[..., np.newaxis], 3, axis=3)
    labels = source.target.astype(np.int64)
    train, test = split_indices(part)
    return Dataset(
        Images(images[train], labels[train]), Images(images[test], labels[test]), tuple(str(n) for n in range(10))
    )
