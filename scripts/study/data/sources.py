"""From a specification to its data set."""

from pathlib import Path

from study.data.cifar10 import read_cifar10
from study.data.digits import read_digits
from study.data.images import Dataset, subset
from study.recipe.data import TensorSpec


def read_dataset(spec: TensorSpec, archive: Path | None) -> Dataset:
    """The images that a specification asks for; ``archive`` is CIFAR-10's, and None for ``digits``."""
    if spec.source == "digits" and spec.part is not None:
        dataset = read_digits(spec.part)
    elif spec.source == "cifar10" and archive is not None:
        dataset = read_cifar10(archive)
    else:
        raise ValueError("digits needs a part, cifar10 an archive")
    return subset(dataset, spec.train_images, spec.test_images)
