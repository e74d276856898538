"""What was done, in full and by name: the one list that the gate and the comparison of two arms both use.

Equal meaning is an equal value: settings are in canonical form, with what a run leaves to its framework written out. A
fact is None if a run has no such thing; another fact then says why.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from study.config.document import DocumentData, Protocol
from study.evaluation.conditions import computed_by
from study.evaluation.results import ArmResult
from study.recipe.canonical import canonical_run
from study.recipe.choices import SOURCES
from study.recipe.data import TensorSpec
from study.recipe.defaults import explicit
from study.recipe.networks import Conv, DescribedNetwork, HeadLayer, Layer, Network
from study.recipe.origins import Origin
from study.recipe.run import RunSpec

Facts = Mapping[str, Any]
"""What was done, as plain JSON values by name; what one of an arm and a source lacks is None there."""

LEFT_OUT: Mapping[str, str] = {
    "seed": "the runs of an arm differ in it",
    "repetition": "nothing that is computed depends on it",
    "classes": "they follow from the data",
    "input.store": "every way of storing images gives the network the same values",
}
"""The settings of a run that are not facts, and why."""

TOLD_OF_ALL = (
    "weight_decay",
    "decay_form",
    "learning_rate",
    "adam_epsilon",
    "epsilon_placement",
    "momentum",
    "momentum_form",
)
"""Keys of optimisers that are facts of every run, None where its optimiser has no such key; others are facts where
there are any."""

DOCUMENT_SOURCE = SOURCES["cifar10"]
"""What the document's archive holds."""


def run_facts(run: RunSpec, weights: Any, stored_size: int) -> dict[str, Any]:
    """Return all settings of a run on images stored with ``stored_size`` pixels a side; for ``weights``, see
    ``weights_facts``.
    """
    whole = explicit(canonical_run(run, stored_size))
    facts: dict[str, Any] = {}
    for name in RunSpec.model_fields:
        if name not in LEFT_OUT:
            facts |= _SPREAD[name](whole) if name in _SPREAD else {name: _plain(getattr(whole, name))}
    # Images that are not enlarged are not interpolated.
    unlike = {"resize": None} if whole.input.size == stored_size else {}
    return facts | {"weights": weights} | unlike


def arm_facts(result: ArmResult) -> dict[str, Any]:
    """Return what the runs of an arm did, on which images, and what computed it."""
    arm, manifest, splits = result.arm, result.manifest, result.manifest["splits"]
    part = result.tensors.spec.get("part")
    return {
        "data": data_identity(arm.checksum, manifest["source"], part),
        **{f"{split}_images": splits[split]["images"] for split in ("train", "test")},
        **{f"{split}_identity": splits[split].get("identity") for split in ("train", "test")},
        **run_facts(
            result.spec,
            weights_facts(result.spec.weights, arm.weights_checksum, arm.origin),
            SOURCES[manifest["source"]].image_size,
        ),
        **computed_by(result),
    }


def protocol_facts(protocol: Protocol, data: DocumentData) -> dict[str, Any]:
    """Return what a source did, on the data that its figures come from.

    It binds to no device: a GPU's rounding does not make another recipe.
    """
    run = protocol.run(DOCUMENT_SOURCE.classes)
    return {**data_facts(data), **run_facts(run, protocol.weights, DOCUMENT_SOURCE.image_size)}


def data_facts(data: DocumentData) -> dict[str, Any]:
    """Return the data that figures come from; none of the training images were set aside."""
    return {
        "data": data.checksum,
        "train_images": data.train_images,
        "test_images": data.test_images,
        "validation_fraction": 0.0,
    }


def data_identity(checksum: str | None, source: str, part: str | None) -> str:
    """Return the checksum of the archive, or the name of the source and, unless it is the main one, its part."""
    return checksum or (source if part in (None, "main") else f"{source}/{part}")


def weights_facts(kind: str, checksum: str | None, origin: Origin | None) -> Any:
    """Return a run's initial parameters: ``none``, a file's checksum, or the facts of the arm that learned them.

    If that file or arm is unknown, it is the run's own word for it.
    """
    if kind == "run" and origin is not None:
        return origin_facts(origin)
    return checksum if kind == "file" and checksum else kind


def origin_facts(origin: Origin) -> dict[str, Any]:
    """Return what an arm does that others take their parameters from, as planned, and so on for its own origin."""
    images, source = origin.images, origin.images.source
    weights = weights_facts(origin.spec.weights, origin.weights_checksum, origin.origin)
    facts = run_facts(origin.spec, weights, SOURCES[source].image_size)
    # Its test images matter only if something followed them.
    tested = {"test_images": _count(images, "test")} if facts["monitor"] == "test" else {}
    identity = data_identity(origin.checksum, source, images.part)
    return {"data": identity, "train_images": _count(images, "train"), **tested, **facts}


def _count(images: TensorSpec, split: str) -> int | str:
    number = images.train_images if split == "train" else images.test_images
    return "all" if number is None else number


def _network(run: RunSpec) -> dict[str, Any]:
    return {"network": network_facts(run.network)}


def network_facts(network: Network) -> dict[str, Any]:
    """Return a network as plain values, with the number of zeros around each convolution."""
    if isinstance(network, DescribedNetwork):
        return {"layers": _layers(network.layers)}
    return {**network.model_dump(mode="json", exclude={"head"}), "head": _layers(network.head)}


def _layers(layers: Sequence[Layer] | Sequence[HeadLayer]) -> list[dict[str, Any]]:
    zeros = [{"padding": layer.zeros} if isinstance(layer, Conv) else {} for layer in layers]
    return [layer.model_dump(mode="json") | padding for layer, padding in zip(layers, zeros, strict=True)]


def _input(run: RunSpec) -> dict[str, Any]:
    names = {"size": "input_size"}
    given = run.input.model_dump(mode="json", exclude={"store"})
    return {names.get(key, key): value for key, value in given.items()}


def _optimiser(run: RunSpec) -> dict[str, Any]:
    given = run.optimiser.model_dump(mode="json")
    return {"optimiser": given.pop("name"), **dict.fromkeys(TOLD_OF_ALL), **given}


def _drawn(name: str) -> Callable[[RunSpec], dict[str, Any]]:
    """Return a fact about how initial values are drawn; a library's network brings its own."""

    def fact(run: RunSpec) -> dict[str, Any]:
        return {name: getattr(run, name) if isinstance(run.network, DescribedNetwork) else None}

    return fact


def _monitor(run: RunSpec) -> dict[str, Any]:
    """Return the split that steers something; one that is only watched changes nothing."""
    followed = run.schedule.needs_monitor or run.early_stop != "never" or run.result == "best"
    return {"monitor": run.monitor if followed else None}


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


_SPREAD: Mapping[str, Callable[[RunSpec], dict[str, Any]]] = {
    "network": _network,
    "input": _input,
    "optimiser": _optimiser,
    "init": _drawn("init"),
    "bias_init": _drawn("bias_init"),
    "monitor": _monitor,
}
"""Settings that are not a single fact as they are."""
