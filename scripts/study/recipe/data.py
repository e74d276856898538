"""Data sets, downloads, and what a network gets as input."""

from typing import Annotated, Literal, Union

from pydantic import Field, model_validator

from study.config.paths import PathText
from study.recipe.base import EACH_ONCE, Bytes, Count, SpecModel, Text

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


class Cifar10(SpecModel):
    """CIFAR-10 in its "python version": 32 x 32 colour images of 10 classes."""

    source: Literal["cifar10"]
    archive: Download
    train_images: Count | None = None
    """How many training images to use: the same number of each class, the first of each; all if left out."""
    test_images: Count | None = None
    """The same for the test images."""
    test_images_in_training: Literal["count", "refuse"] = "count"
    """What to do about test images that are also in the training set, compared pixel by pixel."""

    @model_validator(mode="after")
    def _whole_images_per_class(self) -> "Cifar10":
        for key, limit in IMAGE_COUNTS[self.source].items():
            value = getattr(self, key)
            if value is not None and (value % 10 or value > limit):
                raise ValueError(f"{key} must be a multiple of 10 up to {limit}; got {value}")
        return self


class Digits(SpecModel):
    """scikit-learn's handwritten digits, 8 x 8 in grey, enlarged to 32 x 32 in colour; needs no network access."""

    source: Literal["digits"]
    part: Literal["main", "pretraining"]
    """Two disjoint parts of the 1,797 images, so that one can be trained on before the other."""


DatasetSpec = Annotated[Union[Cifar10, Digits], Field(discriminator="source")]

DIGITS_IMAGES: dict[str, tuple[int, int]] = {"main": (800, 297), "pretraining": (600, 100)}
"""Training and test images of each part of the digits."""
CLASSES: dict[str, int] = {"cifar10": 10, "digits": 10}
"""Number of classes per source of data sets."""
IMAGE_SIZE: dict[str, int] = {"cifar10": 32, "digits": 32}
"""Height and width in pixels per source, as stored in the cache."""
IMAGE_COUNTS: dict[str, dict[str, int]] = {"cifar10": {"train_images": 50_000, "test_images": 10_000}}
"""Number of images in each split, for the sources of which fewer can be used."""


Scaling = Literal["minus_one_to_one", "zero_to_one", "imagenet", "caffe"]


def training_images(dataset: DatasetSpec) -> int:
    """Return how many training images a data set has, which is known before they are read."""
    if isinstance(dataset, Digits):
        return DIGITS_IMAGES[dataset.part][0]
    return dataset.train_images or IMAGE_COUNTS[dataset.source]["train_images"]


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

    source: Literal["cifar10", "digits"]
    part: Literal["main", "pretraining"] | None = None
    """The part of ``digits``."""
    train_images: Count | None = None
    test_images: Count | None = None
    test_images_in_training: Literal["count", "refuse"] = "count"
    size: Count | None = None
    """Height and width of the stored images in pixels; None: the original size, in 8 bits."""
    resize: Literal["pillow", "float"] | None = None
    """The rule of InputSpec; given if and only if ``size`` is. ``float`` stores float32 values from 0 to 255."""
