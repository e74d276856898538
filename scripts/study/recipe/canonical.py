"""One form for everything that means the same: another way of writing it has the same lineage and is no difference.

Everything here is bit-equal by construction, except padding, which frameworks may add up in another order.
"""

from collections.abc import Sequence
from typing import TypeVar

from study.recipe.base import SpecModel
from study.recipe.choices import SOURCES
from study.recipe.data import InputSpec, TensorSpec
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
from study.recipe.schedules.constant import ConstantRate

L = TypeVar("L", bound=SpecModel)


def canonical_run(run: RunSpec, stored_size: int) -> RunSpec:
    """Return the run in canonical form, for images stored with ``stored_size`` pixels a side.

    Raises StudyError if a frozen layer does not exist in a described network.
    """
    stop, schedule = run.early_stop, run.schedule
    stops_never = isinstance(stop, EarlyStop) and not stop.acts_within(run.epochs)
    stays = not schedule.acts_within(run.epochs, run.optimiser.learning_rate)
    changes = {
        "network": canonical_network(run.network, run.classes),
        "frozen": canonical_frozen(run.frozen, run.network),
        "input": canonical_input(run.input, stored_size),
        "early_stop": "never" if stops_never else stop,
        "schedule": ConstantRate(name="constant") if stays else schedule,
    }
    return run.model_copy(update=changes)


def canonical_batches(run: RunSpec, training_images: int) -> RunSpec:
    """Batches hold no more images than are trained on, of so many with those set aside."""
    images = training_images - round(training_images * run.validation_fraction)
    return run.model_copy(update={"batch_size": min(run.batch_size, images)})


def canonical_input(given: InputSpec, stored_size: int) -> InputSpec:
    """Return the input in canonical form: images that are not enlarged are the same by every rule, however stored."""
    if given.size != stored_size:
        return given
    return InputSpec(size=given.size, scaling=given.scaling)


def canonical_images(given: TensorSpec) -> TensorSpec:
    """All images of a split are all of them, whether or not their number is given."""
    counts = SOURCES[given.source].counts
    changes = {key: None for key, count in counts.items() if getattr(given, key) == count}
    return given.model_copy(update=changes)


def canonical_network(network: Network, classes: int) -> Network:
    """Return the network without layers that change nothing, and with each layer in canonical form.

    These are a dropout of rate 0, a pool of size 1 and stride 1, and a second flatten.
    """
    if isinstance(network, DescribedNetwork):
        return DescribedNetwork(layers=(*canonical_body(network, classes), network.layers[-1]))
    kept = _working(network.head, flat=network.keep == "all_but_last_layer")
    head: list[HeadLayer] = [network.head[place] for place in kept]
    return network.model_copy(update={"head": (*(_canonical_layer(layer, classes) for layer in head[:-1]), head[-1])})


def canonical_body(network: DescribedNetwork, classes: int | None = None) -> tuple[Layer, ...]:
    """Return the layers before the last as ``canonical_network`` does; without ``classes``, units are not filled in."""
    kept = _working(network.layers, flat=False)[:-1]
    return tuple(_canonical_layer(network.layers[place], classes) for place in kept)


def canonical_frozen(frozen: Freezing, network: Network) -> Freezing:
    """Return the frozen layers: for a described network, the names of those on which freezing has an effect.

    Only the library knows the layers of its network: their names are sorted, without those whose first part is also
    there, and left out where all layers are frozen by number.
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
    """Return the places of the layers that have an effect; ``flat``: whether images reach them as one row already."""
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
    """Return a layer before the last in canonical form."""
    if isinstance(layer, Conv):
        keeps_size = layer.stride == 1 and 2 * layer.zeros + 1 == layer.kernel
        return layer.model_copy(update={"padding": "same" if layer.zeros and keeps_size else layer.zeros})
    if isinstance(layer, Dense) and layer.units == "classes" and classes is not None:
        return layer.model_copy(update={"units": classes})
    return layer


def _outermost(names: Sequence[str]) -> tuple[str, ...]:
    """Return sorted, distinct names, without those that begin with another one and a dot."""
    return tuple(name for name in sorted(set(names)) if not any(name.startswith(f"{other}.") for other in names))
