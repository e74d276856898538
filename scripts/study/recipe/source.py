"""What all sources of images have in common; each is a file in ``sources``, named after it.

The file of the same name in ``data`` reads it.
"""

from collections.abc import Mapping
from typing import ClassVar

from study.recipe.base import SpecModel
from study.recipe.data import Download


class SourceSettings(SpecModel):
    """A data set whose images all have the same size.

    Its keys ``part``, ``train_images``, ``test_images`` and ``test_images_in_training`` are also settings of its
    tensors; any other key that decides which images these hold needs a field in ``data.TensorSpec``.
    """

    classes: ClassVar[int]
    image_size: ClassVar[int]
    """Height and width in pixels, as stored in the cache."""
    all_images: ClassVar[int]
    """Number of images in all parts and splits."""
    counts: ClassVar[Mapping[str, int]] = {}
    """Number of images in each split, by the key that can reduce it."""

    source: str

    @property
    def training_images(self) -> int:
        """Number of training images, known before they are read."""
        raise NotImplementedError

    @property
    def download(self) -> Download | None:
        """The file that holds the images; None if they come with a library."""
        return None

    @property
    def training_set(self) -> tuple[object, ...]:
        """What distinguishes its training images from others of the same source."""
        return ()

    def shares_images(self, other: "SourceSettings") -> bool:
        """Return whether both have training images, or test images, in common."""
        return self.source == other.source
