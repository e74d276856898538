"""Random images in the shape of CIFAR-10, in a tensor cache on disk: their content has no influence on speed."""

import json
from pathlib import Path

import numpy as np

from performance.speed.sides import CLASSES
from study.data.images import Dataset, Images
from study.data.tensor_cache import MANIFEST, TensorCache
from study.data.tensor_writing import write_cache
from study.recipe.data import TensorSpec

TRAIN_IMAGES, TEST_IMAGES = 50_000, 10_000


def write_images(folder: Path) -> None:
    """Write a cache with as many images as CIFAR-10 has."""
    generator = np.random.default_rng(0)
    train, test = (
        Images(
            generator.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8),
            generator.integers(0, CLASSES, count, dtype=np.int64),
        )
        for count in (TRAIN_IMAGES, TEST_IMAGES)
    )
    names = tuple(f"class {number}" for number in range(CLASSES))
    write_cache(folder, TensorSpec(source="cifar10"), Dataset(train, test, names))


def open_cache(folder: Path) -> TensorCache:
    """What ``study.data.tensor_cache.read_cache`` gives, from a folder that is no artefact."""
    train, test = (
        Images(np.load(folder / f"{split}_images.npy", mmap_mode="r"), np.load(folder / f"{split}_labels.npy"))
        for split in ("train", "test")
    )
    return TensorCache(train, test, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
