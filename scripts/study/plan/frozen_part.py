"""The frozen part of a network, whose output for an image never changes while the rest learns."""

from study.recipe.layer_names import frozen_layers, layer_names
from study.recipe.networks import (
    Conv,
    Dense,
    DescribedNetwork,
    Dropout,
    Flatten,
    GlobalAveragePool,
    Layer,
    LibraryNetwork,
)
from study.recipe.optimisers.sgd import Sgd
from study.recipe.recipe import Frozen
from study.recipe.run import RunSpec
from study.recipe.schedules.constant import ConstantRate

SCORES = Dense(type="dense", units="classes", activation="none")
RANDOM = Dropout(type="dropout", rate=0.0)


def prefix_spec(run: RunSpec) -> RunSpec | None:
    """Return a run with the same frozen part and fixed values for everything on which that part does not depend.

    None if no layer is frozen, or if a described network learns before its first frozen layer. For a library network,
    only the library can tell.
    """
    if not isinstance(run.frozen, Frozen):
        return None
    network, frozen = run.network, run.frozen
    if isinstance(network, DescribedNetwork):
        reduced = _frozen_part(network, frozen)
        if reduced is None:
            return None
        network, frozen = reduced
    else:
        network = LibraryNetwork(library=network.library, model=network.model, keep=network.keep, head=(SCORES,))
    changes = {
        "network": network,
        "frozen": frozen,
        "optimiser": Sgd(name="sgd", learning_rate=1.0),
        "schedule": ConstantRate(name="constant"),
        "batch_size": 1,
        "epochs": 1,
        "early_stop": "never",
        "result": "last",
        "shuffle": False,
        "augmentation": "none",
        "labels": "given",
        "monitor": "none",
        "validation_fraction": 0.0,
        "repetition": 0,
    }
    if run.weights != "none":  # then no value of the frozen part is random
        changes |= {"init": "native", "bias_init": "native", "seed": 0}
    return run.model_copy(update=changes)


def _frozen_part(network: DescribedNetwork, frozen: Frozen) -> tuple[DescribedNetwork, Frozen] | None:
    """Return the layers before the first that learns or is random, as a network; None if none of them is frozen."""
    names = layer_names(network.layers)
    fixed = frozen_layers(names[:-1], frozen)
    layers: list[Layer] = []
    for name, layer in zip(names, network.layers, strict=True):
        if isinstance(layer, Conv | Dense | Dropout) and name not in fixed:
            break
        layers.append(layer)
    kept = tuple(name for name in names[: len(layers)] if name in fixed)
    if not kept:
        return None
    is_image = not any(isinstance(layer, Flatten | GlobalAveragePool) for layer in layers)
    # Features end before the first layer that learns or is random; a dropout layer keeps "flatten" out of them and
    # has no parameters to look up in another run.
    ending = (RANDOM, Flatten(type="flatten")) if is_image else ()
    return DescribedNetwork(layers=(*layers, *ending, SCORES)), Frozen(layers=kept)
