"""Shapes that follow from a network's description and its input size, without any framework."""

import math
from dataclasses import dataclass

from study.recipe.data import Scaling
from study.recipe.networks import Conv, Dense, DescribedNetwork, Flatten, GlobalAveragePool, MaxPool, Network


class NetworkTooSmall(ValueError):
    """The input is too small for the network."""


@dataclass(frozen=True)
class CatalogueEntry:
    """What must be known about a library's network before the library is imported."""

    smallest_input: int
    """Pixels: the smallest height and width that the network accepts."""
    ends_in_dense: bool
    """Whether its last layer with parameters is a dense layer."""
    scaling: Scaling
    """The scaling of images with which the library's published parameters were trained, as it documents."""
    batch_norm: bool
    """Whether it has batch normalisation layers, which cannot learn from a batch of one image."""
    trained_size: int = 224
    """Pixels: height and width of those images."""


CATALOGUE: dict[tuple[str, str], CatalogueEntry] = {
    ("torchvision", "alexnet"): CatalogueEntry(63, True, "imagenet", False),
    ("torchvision", "squeezenet1_1"): CatalogueEntry(17, False, "imagenet", False),
    ("torchvision", "vgg16"): CatalogueEntry(32, True, "imagenet", False),
    ("torchvision", "resnet18"): CatalogueEntry(1, True, "imagenet", True),
    ("torchvision", "resnet50"): CatalogueEntry(1, True, "imagenet", True),
    ("torchvision", "mobilenet_v2"): CatalogueEntry(1, True, "imagenet", True),
    ("keras", "ResNet50"): CatalogueEntry(32, False, "caffe", True),
    ("keras", "MobileNetV2"): CatalogueEntry(32, False, "minus_one_to_one", True),
    ("keras", "VGG16"): CatalogueEntry(32, False, "caffe", False),
}
"""The networks that the study knows by name; keras.applications are used without their top."""

Shape = tuple[int, int, int] | tuple[int]
"""Channels, height and width; or features."""


def output_shapes(network: DescribedNetwork, size: int, classes: int) -> list[Shape]:
    """Return the shape after each layer, for a colour image of ``size`` x ``size`` pixels.

    Raises NetworkTooSmall if a window is larger than its input.
    """
    shape: Shape = (3, size, size)
    shapes: list[Shape] = []
    for number, layer in enumerate(network.layers, start=1):
        if isinstance(layer, (Conv, MaxPool)):
            channels, height = shape[0], shape[1]  # type: ignore[misc]
            window = layer.kernel if isinstance(layer, Conv) else layer.size
            padded = height + 2 * (layer.zeros if isinstance(layer, Conv) else 0)
            if padded < window:
                raise NetworkTooSmall(
                    f"{size} is too small for the network: layer {number} ({layer.type}) has a window of {window} "
                    f"over {padded} pixels"
                )
            side = (padded - window) // layer.stride + 1
            shape = (layer.filters if isinstance(layer, Conv) else channels, side, side)
        elif isinstance(layer, GlobalAveragePool):
            shape = (shape[0],)
        elif isinstance(layer, Flatten):
            shape = (math.prod(shape),)
        elif isinstance(layer, Dense):
            shape = (classes if layer.units == "classes" else layer.units,)
        shapes.append(shape)
    return shapes


def check_size(network: Network, size: int, classes: int) -> None:
    """Raise NetworkTooSmall, naming the smallest size that works, if the network cannot take the input."""
    if isinstance(network, DescribedNetwork):
        try:
            output_shapes(network, size, classes)
        except NetworkTooSmall as error:
            smallest = next((s for s in range(size + 1, 513) if _fits(network, s, classes)), None)
            if smallest is None:
                raise
            raise NetworkTooSmall(f"{error}; the smallest size is {smallest}") from error
        return
    entry = CATALOGUE[(network.library, network.model)]
    if size < entry.smallest_input:
        raise NetworkTooSmall(
            f"{size} is too small for {network.library}'s {network.model}; the smallest size is {entry.smallest_input}"
        )


def _fits(network: DescribedNetwork, size: int, classes: int) -> bool:
    try:
        output_shapes(network, size, classes)
    except NetworkTooSmall:
        return False
    return True
