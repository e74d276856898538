"""What every data set is once it has been read: 8-bit images with labels, in a training and a test set."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.errors import StudyError


@dataclass(frozen=True)
class Images:
    """Images with their labels."""

    images: NDArray[Any]
    """[N, H, W, 3], channels R, G, B; uint8, or float32 from 0 to 255 if a cache was resized without rounding."""
    labels: NDArray[np.int64]
    """[N], from 0."""


@dataclass(frozen=True)
class Dataset:
    """A training and a test set of the same classes."""

    train: Images
    test: Images
    class_names: tuple[str, ...]
    """One per label, in the order of the labels."""


def subset(dataset: Dataset, train_images: int | None, test_images: int | None) -> Dataset:
    """Return the first images of each class, the same number of each, in their original order; None keeps all.

    Raises StudyError if a class has too few.
    """
    classes = dataset.class_names
    return Dataset(
        _first_of_each(dataset.train, train_images, classes, "train_images"),
        _first_of_each(dataset.test, test_images, classes, "test_images"),
        classes,
    )


def _first_of_each(images: Images, count: int | None, class_names: tuple[str, ...], key: str) -> Images:
    if count is None:
        return images
    each, rest = divmod(count, len(class_names))
    if rest:
        raise StudyError(f"{key}: must be a multiple of the {len(class_names)} classes; is {count}")
    chosen = []
    for label, name in enumerate(class_names):
        of_class = np.flatnonzero(images.labels == label)
        if len(of_class) < each:
            raise StudyError(
                f"{key}: is {count}, which needs {each} images of class '{name}', but the data set has {len(of_class)}"
            )
        chosen.append(of_class[:each])
    order = np.sort(np.concatenate(chosen))
    return Images(images.images[order], images.labels[order])


def count_test_images_in_training(dataset: Dataset) -> int:
    """Return how many test images are also in the training set, compared by the SHA-256 of their pixels."""
    train = {_content(image) for image in dataset.train.images}
    return sum(_content(image) in train for image in dataset.test.images)


def _content(image: NDArray[Any]) -> bytes:
    return hashlib.sha256(np.ascontiguousarray(image).data).digest()
