"""scikit-learn's handwritten digits."""

from typing import ClassVar, Literal

from study.recipe.source import SourceSettings

IMAGES: dict[str, tuple[int, int]] = {"main": (800, 297), "pretraining": (600, 100)}
"""Numbers of training and test images in each part."""


class Digits(SourceSettings):
    """scikit-learn's handwritten digits, 8 x 8 in grey, converted to 32 x 32 in colour; no download needed."""

    classes: ClassVar[int] = 10
    image_size: ClassVar[int] = 32
    all_images: ClassVar[int] = 1_797

    source: Literal["digits"]
    part: Literal["main", "pretraining"]
    """Two disjoint parts of the 1,797 images, so that one can serve for pretraining."""

    @property
    def training_images(self) -> int:
        """Number in the part, all of which is used."""
        return IMAGES[self.part][0]

    def shares_images(self, other: SourceSettings) -> bool:
        """Return whether both are the same part; the two parts share no images."""
        return isinstance(other, Digits) and self.part == other.part
