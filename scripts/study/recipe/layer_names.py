"""Names of layers and parameters, and which layers are frozen: the same in both frameworks."""

from collections.abc import Sequence

from study.errors import StudyError
from study.recipe.networks import HeadLayer, Layer
from study.recipe.recipe import Frozen

_SHORT = {"max_pool": "pool", "global_average_pool": "average"}


def layer_names(layers: Sequence[Layer] | Sequence[HeadLayer]) -> list[str]:
    """Return ``conv1``, ``pool1``, ``conv2``, ``dense1`` ...: the type, and its count from 1."""
    counts: dict[str, int] = {}
    names = []
    for layer in layers:
        short = _SHORT.get(layer.type, layer.type)
        counts[short] = counts.get(short, 0) + 1
        names.append(f"{short}{counts[short]}")
    return names


def frozen_layers(names: Sequence[str], frozen: str | Frozen) -> frozenset[str]:
    """Return which of a network's layers before its head, given in order, are frozen.

    Raises StudyError if the configuration names a layer that the network does not have.
    """
    if not isinstance(frozen, Frozen):
        return frozenset()
    found: set[str] = set()
    if frozen.all_but_last is not None:
        found.update(names[: max(len(names) - frozen.all_but_last, 0)])
    for wanted in frozen.layers or ():
        matching = {name for name in names if name == wanted or name.startswith(f"{wanted}.")}
        if not matching:
            first = ", ".join(names[:12])
            raise StudyError(f"frozen.layers: the network has no layer '{wanted}'; its layers begin with {first}")
        found |= matching
    return frozenset(found)
