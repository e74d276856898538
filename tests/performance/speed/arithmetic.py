"""The least that a training has to compute and to move, from its network's layer shapes."""

from collections.abc import Iterable
from dataclasses import dataclass

FLOAT32 = 4
"""Bytes."""
ADAM_PASSES = 8
"""Parameter, gradient and Adam's two moments, each read and written in a step."""


@dataclass(frozen=True)
class Layer:
    """A convolution or a dense layer."""

    weights: int
    """Elements of its kernel, without bias."""
    parameters: int
    """With bias."""
    positions: int
    """Places of an image's output at which the kernel is applied; 1 for a dense layer."""
    trainable: bool


def least_flops(layers: Iterable[Layer]) -> int:
    """Floating-point operations to train on one image; a multiplication and an addition are two.

    Forward through every layer; back, the gradient of the weights of each trainable layer, and the gradient of the
    inputs of each layer after the first trainable one. Only products are counted: no bias, normalisation, pooling,
    activation or resize.
    """
    flops, reached = 0, False
    for layer in layers:
        product = 2 * layer.weights * layer.positions
        flops += product * (1 + layer.trainable + reached)
        reached = reached or layer.trainable
    return flops


def least_bytes(layers: Iterable[Layer]) -> int:
    """Bytes to move in one step with Adam in float32, for any batch size; activations are not counted.

    Trainable parameters, their gradients and both moments are read and written; frozen parameters are read.
    """
    return FLOAT32 * sum(layer.parameters * (ADAM_PASSES if layer.trainable else 1) for layer in layers)
