"""scikit-learn's handwritten digits."""

from typing import ClassVar, Literal

from study.recipe.source import SourceSettings

IMAGES: dict[str, tuple[int, int]] = {"main": (800, 297), "pretraining": (600, 100)}
"""Training and test images of each part."""


class Digits(SourceSettings):
    """scikit-learn's handwritten digits, 8 x 8 grey, made 32 x 32 in colour; needs no network."""

    classes: ClassVar[int] = 10
    image_size: ClassVar[int] = 32
    all_images: ClassVar[int] = 1_797

    source: Literal["digits"]
    part: Literal["main", "pretraining"]
    """Two disjoint parts of the 1,797 images, so that one can be trained on before the other."""

    @property
    def training_images(self) -> int:
        """Those of the part, which is used whole."""
        return IMAGES[self.part][0]

    def shares_images(self, other: SourceSettings) -> bool:
        """Its parts have none in common."""
        return isinstance(other, Digits) and self.part == other.part
