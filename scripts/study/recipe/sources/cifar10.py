"""CIFAR-10."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import model_validator

from study.recipe.base import Count
from study.recipe.data import Download
from study.recipe.source import SourceSettings


class Cifar10(SourceSettings):
    """CIFAR-10 in its "python version": 32 x 32 colour images of 10 classes."""

    classes: ClassVar[int] = 10
    image_size: ClassVar[int] = 32
    all_images: ClassVar[int] = 60_000
    counts: ClassVar[Mapping[str, int]] = {"train_images": 50_000, "test_images": 10_000}

    source: Literal["cifar10"]
    archive: Download
    train_images: Count | None = None
    """Number of training images to use, equally many from each class, the first of each; all of them by default."""
    test_images: Count | None = None
    """The same for the test images."""
    test_images_in_training: Literal["count", "refuse"] = "count"
    """What to do about test images that are also in the training set, compared pixel by pixel."""

    @model_validator(mode="after")
    def _whole_images_per_class(self) -> "Cifar10":
        for key, limit in self.counts.items():
            value = getattr(self, key)
            if value is not None and (value % 10 or value > limit):
                raise ValueError(f"{key} must be a multiple of 10 up to {limit}; got {value}")
        return self

    @property
    def training_images(self) -> int:
        """All of them, or as many as configured."""
        return self.train_images or self.counts["train_images"]

    @property
    def download(self) -> Download:
        """The archive."""
        return self.archive

    @property
    def training_set(self) -> tuple[object, ...]:
        """Archive and number; images from another archive still count as shared: see ``shares_images``."""
        return self.archive.checksum, self.training_images
