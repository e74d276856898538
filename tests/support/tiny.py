"""Small networks, specifications and images for tests."""

from typing import Any

import numpy as np

from study.data.images import Images
from study.data.resize import resize
from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec

TINY_NETWORK: dict[str, Any] = {
    "layers": [
        {"type": "conv", "filters": 8, "kernel": 5, "stride": 2, "padding": 2},
        {"type": "max_pool", "size": 3, "stride": 2},
        {"type": "conv", "filters": 12, "kernel": 3, "padding": "same"},
        {"type": "flatten"},
        {"type": "dense", "units": 24},
        {"type": "dropout", "rate": 0.25},
        {"type": "dense", "units": "classes", "activation": "none"},
    ]
}

WRITTEN_OTHERWISE: dict[str, Any] = {
    "layers": [
        {"type": "conv", "filters": 8, "kernel": 5, "stride": 2, "padding": 2},
        {"type": "dropout", "rate": 0.0},
        {"type": "max_pool", "size": 3, "stride": 2},
        {"type": "conv", "filters": 12, "kernel": 3, "padding": 1},
        {"type": "max_pool", "size": 1, "stride": 1},
        {"type": "flatten"},
        {"type": "flatten"},
        {"type": "dense", "units": 24, "activation": "relu"},
        {"type": "dropout", "rate": 0.25},
        {"type": "dense", "units": "classes", "activation": "none"},
    ]
}
"""The same network."""


def run_spec(framework: str, **changes: Any) -> RunSpec:
    """A run of the tiny network, with some settings changed."""
    settings: dict[str, Any] = {
        "framework": framework,
        "network": TINY_NETWORK,
        "classes": 4,
        "input": {"size": 16},
        "weights": "none",
        "frozen": "nothing",
        "optimiser": {"name": "adam", "learning_rate": 2e-3},
        "schedule": {"name": "constant"},
        "batch_size": 16,
        "epochs": 2,
        "shuffle": True,
        "precision": "float32",
        "monitor": "none",
        "validation_fraction": 0.0,
        "seed": 0,
    }
    return RunSpec.model_validate(settings | changes)


def random_images(count: int, size: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def cache(train: int = 64, test: int = 32, size: int = 16, classes: int = 4) -> TensorCache:
    """Images whose class shows in their brightness, so that a network can learn it.

    No image of one split has the label of that with its number in the other.
    """

    def images(count: int, seed: int, first: int) -> Images:
        labels = (first + np.arange(count, dtype=np.int64)) % classes
        brightness = (labels * 200 // classes)[:, None, None, None].astype(np.uint8)
        return Images(random_images(count, size, seed) // 4 + brightness, labels)

    return TensorCache(images(train, 1, 0), images(test, 2, 1), {"store": "native"})


def resized(native: TensorCache, size: int, rule: str) -> TensorCache:
    """The cache that store: resized would hold."""
    train, test = (Images(resize(s.images, size, rule), s.labels) for s in (native.train, native.test))
    return TensorCache(train, test, {"store": "resized"})
