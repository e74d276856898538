"""In what an arm's runs differ from what the document did."""

from typing import Any

from study.evaluation.results import ArmResult
from study.spec.networks import Conv, Dense, DescribedNetwork, Network
from study.spec.study import Document, Section
from study.spec.training import RunSpec

PRINTED: dict[Section, dict[str, str]] = {
    "1.1": {"framework": "pytorch", "network": "conv 64-128-256-256-256, dense 4096-4096", "weights": "none"},
    "1.2": {"framework": "tensorflow", "network": "conv 96-256-384-384-256, dense 4096-4096", "weights": "none"},
    "2.1": {"framework": "pytorch", "network": "torchvision alexnet", "weights": "file"},
    "2.2": {"framework": "tensorflow", "network": "keras ResNet50", "weights": "file"},
}
"""What the document's sections say that they trained; ``file``: parameters published for ImageNet."""


def departures(result: ArmResult, document: Document) -> list[dict[str, Any]]:
    """Every difference as ``{"key", "document", "here"}``; an empty list if the arm did what the document did."""
    arm, splits = result.arm, result.manifest["splits"]
    said: dict[str, Any] = {
        "data": document.data.checksum,
        "train_images": document.data.train_images,
        "test_images": document.data.test_images,
        "validation_fraction": 0.0,
    }
    here: dict[str, Any] = {
        "data": arm.checksum or result.manifest["source"],
        "train_images": splits["train"]["images"],
        "test_images": splits["test"]["images"],
        "validation_fraction": result.spec.validation_fraction,
        "epochs": result.spec.epochs,
        **training_facts(result.spec),
    }
    if arm.document is not None and arm.document.epochs is not None:
        said["epochs"] = arm.document.epochs
    if arm.section is not None:
        said |= PRINTED[arm.section]
    return [{"key": key, "document": value, "here": here[key]} for key, value in said.items() if here[key] != value]


def training_facts(spec: RunSpec) -> dict[str, str]:
    """A run's settings in the terms of ``PRINTED``."""
    return {"framework": spec.framework, "network": network_summary(spec.network), "weights": spec.weights}


def network_summary(network: Network) -> str:
    """A library's name of a network, or the widths of its hidden layers."""
    if not isinstance(network, DescribedNetwork):
        return f"{network.library} {network.model}"
    filters = [str(layer.filters) for layer in network.layers if isinstance(layer, Conv)]
    units = [str(layer.units) for layer in network.layers[:-1] if isinstance(layer, Dense)]
    parts = [f"{name} {'-'.join(widths)}" for name, widths in (("conv", filters), ("dense", units)) if widths]
    return ", ".join(parts)
