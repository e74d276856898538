"""A network's structure as rows of a table."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from study.recipe.networks import Conv, DescribedNetwork, HeadLayer, Layer, LibraryNetwork, Network
from study.recipe.shapes import output_shapes


@dataclass(frozen=True)
class TableRow:
    """A layer and its output shape: channels, height and width, or features; empty if unknown."""

    layer: Layer | HeadLayer
    zeros: int
    """Zeros on each side of a convolution."""
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Structure:
    """A network as a table; for a library's network only the new head."""

    library: LibraryNetwork | None
    rows: tuple[TableRow, ...]
    counts: Counter[str]
    """Layers by type."""


def structure(spec: dict[str, Any]) -> Structure:
    """Return the structure of the network in an arm's settings."""
    network: Network = TypeAdapter(Network).validate_python(spec["network"])
    if isinstance(network, DescribedNetwork):
        shapes = output_shapes(network, spec["input"]["size"], spec["classes"])
        rows = tuple(_row(layer, shape) for layer, shape in zip(network.layers, shapes, strict=True))
        return Structure(None, rows, Counter(layer.type for layer in network.layers))
    return Structure(network, tuple(_row(layer, ()) for layer in network.head), Counter())


def _row(layer: Layer | HeadLayer, shape: tuple[int, ...]) -> TableRow:
    return TableRow(layer, layer.zeros if isinstance(layer, Conv) else 0, shape)
