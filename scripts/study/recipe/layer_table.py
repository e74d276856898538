"""What is known about a built network's layers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerRow:
    """A layer with parameters."""

    name: str
    type: str
    """The framework's name of its class, such as ``Conv2d`` or ``BatchNormalization``."""
    parameters: int
    trainable: bool
