"""What all sources of images have in common; each is a file of ``sources``, by its name.

How it is read has the same name in ``data``.
"""

from collections.abc import Mapping
from typing import ClassVar

from study.recipe.base import SpecModel
from study.recipe.data import Download


class SourceSettings(SpecModel):
    """A data set of images that are all of one size.

    Of its keys, ``part``, ``train_images``, ``test_images`` and ``test_images_in_training`` are settings of its tensors
    too; what else decides which images these hold needs a field in ``data.TensorSpec``.
    """

    classes: ClassVar[int]
    image_size: ClassVar[int]
    """Height and width in pixels, as stored in the cache."""
    all_images: ClassVar[int]
    """Of all parts and splits."""
    counts: ClassVar[Mapping[str, int]] = {}
    """Images of each split, by the key with which fewer of them can be used."""

    source: str

    @property
    def training_images(self) -> int:
        """How many training images there are, known before they are read."""
        raise NotImplementedError

    @property
    def download(self) -> Download | None:
        """The file that holds the images; None where they come with a library."""
        return None

    @property
    def training_set(self) -> tuple[object, ...]:
        """What tells its training images from others of the same source."""
        return ()

    def shares_images(self, other: "SourceSettings") -> bool:
        """Whether both have training, or test, images in common."""
        return self.source == other.source
