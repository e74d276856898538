"""One form for all that means the same: what is only written in another way has the same lineage and is no difference.

Everything here is bit-equal by construction, but for padding, which frameworks may add up in another order.
"""

from collections.abc import Sequence
from typing import TypeVar

from study.recipe.base import SpecModel
from study.recipe.data import IMAGE_COUNTS, InputSpec, TensorSpec
from study.recipe.layer_names import frozen_layers, layer_names
from study.recipe.networks import (
    Conv,
    Dense,
    DescribedNetwork,
    Dropout,
    Flatten,
    GlobalAveragePool,
    HeadLayer,
    Layer,
    MaxPool,
    Network,
)
from study.recipe.recipe import EarlyStop, Freezing, Frozen
from study.recipe.run import RunSpec
from study.recipe.schedules import ConstantRate, ReduceOnPlateau

L = TypeVar("L", bound=SpecModel)


def canonical_run(run: RunSpec, stored_size: int) -> RunSpec:
    """The run in the one form of its meaning, on images stored with so many pixels a side.

    Raises StudyError if layers are frozen that a described network does not have.
    """
    stop, schedule = run.early_stop, run.schedule
    stops_never = isinstance(stop, EarlyStop) and not stop.acts_within(run.epochs)
    falls_never = isinstance(schedule, ReduceOnPlateau) and not schedule.acts_within(
        run.epochs, run.optimiser.learning_rate
    )
    changes = {
        "network": canonical_network(run.network, run.classes),
        "frozen": canonical_frozen(run.frozen, run.network),
        "input": canonical_input(run.input, stored_size),
        "early_stop": "never" if stops_never else stop,
        "schedule": ConstantRate(name="constant") if falls_never else schedule,
    }
    return run.model_copy(update=changes)


def canonical_input(given: InputSpec, stored_size: int) -> InputSpec:
    """Images that are not enlarged are the same by every rule, and however they are stored."""
    if given.size != stored_size:
        return given
    return InputSpec(size=given.size, scaling=given.scaling)


def canonical_images(given: TensorSpec) -> TensorSpec:
    """All images of a split are all of them, whether or not their number is given."""
    counts = IMAGE_COUNTS.get(given.source, {})
    changes = {key: None for key, count in counts.items() if getattr(given, key) == count}
    return given.model_copy(update=changes)


def canonical_network(network: Network, classes: int) -> Network:
    """The network without layers that change nothing, and with each layer in one form.

    Layers that change nothing are a dropout of rate 0, a pool of one value and step 1, and a second flattening.
    """
    if isinstance(network, DescribedNetwork):
        return DescribedNetwork(layers=(*canonical_body(network, classes), network.layers[-1]))
    kept = _working(network.head, flat=network.keep == "all_but_last_layer")
    head: list[HeadLayer] = [network.head[place] for place in kept]
    return network.model_copy(update={"head": (*(_canonical_layer(layer, classes) for layer in head[:-1]), head[-1])})


def canonical_body(network: DescribedNetwork, classes: int | None = None) -> tuple[Layer, ...]:
    """The layers before the last, as in ``canonical_network``; without ``classes``, they are not written out."""
    kept = _working(network.layers, flat=False)[:-1]
    return tuple(_canonical_layer(network.layers[place], classes) for place in kept)


def canonical_frozen(frozen: Freezing, network: Network) -> Freezing:
    """What is frozen, as the names of a described network's layers for which that changes something.

    The layers of a library's network are known to the library only: their names are sorted, and left out where the
    first part of them stands there too, or where all layers are frozen by number.
    """
    if not isinstance(frozen, Frozen):
        return frozen
    if isinstance(network, DescribedNetwork):
        given = layer_names(network.layers)
        fixed = frozen_layers(given[:-1], frozen)
        kept = _working(network.layers, flat=False)
        named = layer_names([network.layers[place] for place in kept])
        layers = tuple(
            name
            for name, place in zip(named, kept, strict=True)
            # A frozen dropout is in inference mode; other layers without parameters always are.
            if given[place] in fixed and isinstance(network.layers[place], Conv | Dense | Dropout)
        )
    elif frozen.all_but_last is not None:
        named_too = _outermost(frozen.layers or ()) if frozen.all_but_last else ()
        return Frozen(layers=named_too or None, all_but_last=frozen.all_but_last)
    else:
        layers = _outermost(frozen.layers or ())
    return Frozen(layers=layers) if layers else "nothing"


def _working(layers: Sequence[Layer] | Sequence[HeadLayer], flat: bool) -> list[int]:
    """Places of the layers that change something; ``flat``: whether an image comes to them as one row already."""
    places = []
    for place, layer in enumerate(layers):
        idle = (
            (isinstance(layer, Dropout) and layer.rate == 0)
            or (isinstance(layer, MaxPool) and layer.size == layer.stride == 1)
            or (isinstance(layer, Flatten) and flat)
        )
        if not idle:
            places.append(place)
        flat = flat or isinstance(layer, Flatten | GlobalAveragePool)
    return places


def _canonical_layer(layer: L, classes: int | None) -> L:
    """A layer before the last."""
    if isinstance(layer, Conv):
        keeps_size = layer.stride == 1 and 2 * layer.zeros + 1 == layer.kernel
        return layer.model_copy(update={"padding": "same" if layer.zeros and keeps_size else layer.zeros})
    if isinstance(layer, Dense) and layer.units == "classes" and classes is not None:
        return layer.model_copy(update={"units": classes})
    return layer


def _outermost(names: Sequence[str]) -> tuple[str, ...]:
    """Names in order, each once, without those whose first part up to a dot stands there too."""
    return tuple(name for name in sorted(set(names)) if not any(name.startswith(f"{other}.") for other in names))
