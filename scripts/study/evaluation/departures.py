"""In what an arm's runs differ from what a source did for its figures: the gate before any verdict."""

from collections.abc import Mapping
from typing import Any

from study.evaluation.results import ArmResult
from study.spec.defaults import explicit
from study.spec.document import DocumentData, Protocol
from study.spec.networks import Conv, Dense, DescribedNetwork, Network
from study.spec.training import RunSpec, Sgd

Facts = Mapping[str, Any]
"""What was done, as plain JSON values by name; the same names for an arm and for a source."""


def arm_facts(result: ArmResult) -> dict[str, Any]:
    """What the runs of an arm did."""
    arm, spec, splits = result.arm, result.spec, result.manifest["splits"]
    weights = arm.weights_checksum if spec.weights == "file" else spec.weights
    return {
        "data": arm.checksum or result.manifest["source"],
        "train_images": splits["train"]["images"],
        "test_images": splits["test"]["images"],
        "validation_fraction": spec.validation_fraction,
        "network": network_summary(spec.network),
        "weights": weights,
        "constants": "native" if explicit(spec) == explicit(native(spec)) else "other",
        "result": spec.result if spec.early_stop == "never" else "early_stop",
        **training_facts(spec),
    }


def protocol_facts(protocol: Protocol, data: DocumentData) -> dict[str, Any]:
    """What a source did, on the data that its figures come from."""
    return {
        **data_facts(data),
        "network": protocol.network,
        "weights": protocol.weights,
        "constants": "native",
        "result": "last",
        **training_facts(protocol),
    }


def data_facts(data: DocumentData) -> dict[str, Any]:
    """The data that figures come from; none of the training images were set aside."""
    return {
        "data": data.checksum,
        "train_images": data.train_images,
        "test_images": data.test_images,
        "validation_fraction": 0.0,
    }


def departures(said: Facts, here: Facts) -> list[dict[str, Any]]:
    """Every difference as ``{"key", "document", "here"}``; an empty list if the arm did what the source did."""
    return [{"key": key, "document": value, "here": here[key]} for key, value in said.items() if here[key] != value]


def training_facts(settings: RunSpec | Protocol) -> dict[str, Any]:
    """The settings that a run and a protocol state alike."""
    return {
        "framework": settings.framework,
        "frozen": _plain(settings.frozen),
        # How images are stored is left out: all ways give the network the same values.
        "input_size": settings.input.size,
        "resize": settings.input.resize,
        "scaling": settings.input.scaling,
        "optimiser": settings.optimiser.name,
        "learning_rate": settings.optimiser.learning_rate,
        "momentum": settings.optimiser.momentum if isinstance(settings.optimiser, Sgd) else None,
        "schedule": _plain(settings.schedule),
        "batch_size": settings.batch_size,
        "epochs": settings.epochs,
        "shuffle": settings.shuffle,
        "precision": settings.precision,
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else value.model_dump(mode="json")


def native(spec: RunSpec) -> RunSpec:
    """The run with initial values and the optimiser's constants as its framework has them."""
    given = spec.optimiser.model_dump(include={"name", "learning_rate", "momentum"})
    optimiser = type(spec.optimiser).model_validate(given)
    return spec.model_copy(update={"init": "native", "bias_init": "native", "optimiser": optimiser})


def network_summary(network: Network) -> str:
    """A library's name of a network, or the widths of its hidden layers."""
    if not isinstance(network, DescribedNetwork):
        return f"{network.library} {network.model}"
    filters = [str(layer.filters) for layer in network.layers if isinstance(layer, Conv)]
    units = [str(layer.units) for layer in network.layers[:-1] if isinstance(layer, Dense)]
    parts = [f"{name} {'-'.join(widths)}" for name, widths in (("conv", filters), ("dense", units)) if widths]
    return ", ".join(parts)
