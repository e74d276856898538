"""From pixel values to a network's input: the constants, and the arithmetic in NumPy.

The frameworks apply the same constants on the device; this is what they are tested against.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Channels = tuple[float, float, float]


@dataclass(frozen=True)
class Scaling:
    """value = (pixel / divisor - mean) / deviation, per channel, after channels are reordered."""

    divisor: float
    mean: Channels
    deviation: Channels
    reverse_channels: bool = False
    """Whether R, G, B become B, G, R first; ``mean`` and ``deviation`` are in the resulting order."""


SCALINGS: dict[str, Scaling] = {
    "minus_one_to_one": Scaling(127.5, (1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),
    "zero_to_one": Scaling(255.0, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    # torchvision.transforms.Normalize, as torchvision documents it for its ImageNet weights
    "imagenet": Scaling(255.0, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    # keras.applications.imagenet_utils.preprocess_input(mode="caffe")
    "caffe": Scaling(1.0, (103.939, 116.779, 123.68), (1.0, 1.0, 1.0), reverse_channels=True),
}


def scale(images: NDArray[Any], name: str) -> NDArray[np.float32]:
    """Scale images [..., 3] with channels R, G, B from 0 to 255, in float32 arithmetic; ``name`` is in SCALINGS."""
    scaling = SCALINGS[name]
    values = images[..., ::-1] if scaling.reverse_channels else images
    mean, deviation = np.array([scaling.mean, scaling.deviation], dtype=np.float32)
    scaled: NDArray[np.float32] = (values.astype(np.float32) / np.float32(scaling.divisor) - mean) / deviation
    return scaled
