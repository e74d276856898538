"""What is known of a built network's layers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerRow:
    """A layer with parameters."""

    name: str
    parameters: int
    trainable: bool
