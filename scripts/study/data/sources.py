"""From a TensorSpec to its data set: each source is a module of this room, found by name, with a function ``read``."""

from importlib import import_module
from pathlib import Path

from study.data.images import Dataset, subset
from study.recipe.data import TensorSpec


def read_dataset(spec: TensorSpec, archive: Path | None) -> Dataset:
    """Read the images that a TensorSpec asks for; ``archive`` is CIFAR-10's, and None for ``digits``."""
    source = spec.source
    dataset: Dataset = import_module(f"study.data.{source}").read(spec, archive)
    return subset(dataset, spec.train_images, spec.test_images)
