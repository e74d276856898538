"""Downloads, tensors and what a network is given as input."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from study.config.paths import PathText
from study.recipe.base import EACH_ONCE, Bytes, Count, Name, SpecModel, Text

Checksum = Annotated[str, Field(pattern=r"^(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})$")]


class Download(SpecModel):
    """A file that is downloaded once and verified; ``checksum`` alone identifies it."""

    filename: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=200)]
    """Name under which the file is kept."""
    checksum: Checksum
    """``sha256:`` or ``md5:`` and the digest in hexadecimal."""
    size: Bytes | None = None
    """Bytes, if the publisher states them."""
    urls: Annotated[tuple[Text, ...], EACH_ONCE] = ()
    """The official address first, then mirrors; tried in this order."""
    file: PathText | None = None
    """A copy on this machine; used instead of the network, and verified in the same way."""

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> "Download":
        if not self.urls and self.file is None:
            raise ValueError("needs 'urls' or a local 'file'; add one of them")
        return self


Scaling = Literal["minus_one_to_one", "zero_to_one", "imagenet", "caffe"]


class InputSpec(SpecModel):
    """How an 8-bit image becomes the network's input."""

    size: Count
    """Height and width in pixels after resizing (bilinear)."""
    resize: Literal["pillow", "float"] = "pillow"
    """``pillow`` rounds to 8 bits after each direction, as Pillow does; ``float`` never rounds, as tf.image does."""
    scaling: Scaling = "minus_one_to_one"
    """x/127.5 - 1; x/255; x/255 minus ImageNet's mean, over its deviation; BGR minus ImageNet's mean."""
    store: Literal["native", "resized"] = "native"
    """``native`` keeps images as they are and resizes on the device; ``resized`` writes the resized images to disk."""


class TensorSpec(SpecModel):
    """One tensor cache: which images, and how they are stored. The file they are read from is an input of its job."""

    source: Name
    """A file of ``sources``."""
    part: str | None = None
    """Of a source that has several."""
    train_images: Count | None = None
    test_images: Count | None = None
    test_images_in_training: Literal["count", "refuse"] = "count"
    size: Count | None = None
    """Height and width of the stored images in pixels; None: the original size, in 8 bits."""
    resize: Literal["pillow", "float"] | None = None
    """The rule of InputSpec; given if and only if ``size`` is. ``float`` stores float32 values from 0 to 255."""
