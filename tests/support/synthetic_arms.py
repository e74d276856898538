"""Arms whose results are chosen, not trained: settings as the document's arms have, and accuracies by seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from support.paths import ROOT

EPOCHS = 3
"""The data of all synthetic runs and, in their tests, of the document's."""


def configured(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


def claims_with_few_epochs() -> dict[str, Any]:
    claims = configured("claims")
    for protocols in claims["protocols"].values():
        for protocol in protocols.values():
            protocol["epochs"] = EPOCHS
    return claims


CLAIMS, COHORT = claims_with_few_epochs(), configured("cohort")
CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CHECKSUM = "sha256:" + "6d" * 32
DOCUMENT = {
    "title": "AlexNet challenge",
    "authors": ["Mar Bazúa", "Néstor Medina"],
    "data": {"checksum": CHECKSUM, "train_images": 500, "test_images": 200},
}


def conv(filters: int, kernel: int, **settings: Any) -> dict[str, Any]:
    return {"type": "conv", "filters": filters, "kernel": kernel, **settings}


def alexnet(widths: Sequence[int], padding: int) -> dict[str, Any]:
    pool = {"type": "max_pool", "size": 3, "stride": 2}
    hidden = [{"type": "dense", "units": 4096}, {"type": "dropout", "rate": 0.5}]
    return {
        "layers": [
            conv(widths[0], 11, stride=4, padding=padding),
            pool,
            conv(widths[1], 5, padding="same"),
            pool,
            *(conv(width, 3, padding="same") for width in widths[2:]),
            pool,
            {"type": "flatten"},
            *hidden,
            *hidden,
            SCORES,
        ]
    }


SCORES = {"type": "dense", "units": "classes", "activation": "none"}
SCRATCH = {
    "framework": "pytorch",
    "network": alexnet((64, 128, 256, 256, 256), padding=2),
    "classes": 10,
    "input": {"size": 224},
    "weights": "none",
    "frozen": "nothing",
    "optimiser": {"name": "adam", "learning_rate": 1e-3},
    "schedule": {"name": "constant"},
    "batch_size": 64,
    "epochs": EPOCHS,
    "shuffle": True,
    "precision": "float32",
    "monitor": "test",
    "validation_fraction": 0.0,
}


@dataclass(frozen=True)
class SyntheticArm:
    name: str
    section: str | None
    accuracies: Mapping[int, float]
    """Test accuracy by seed."""
    spec: Mapping[str, Any]
    document: Mapping[str, Any] | None = None
    collapsed: Sequence[int] = ()
    """Seeds whose runs learned nothing."""
    inherited: Sequence[Mapping[str, Any]] = ()
    """Leaks of the arms that its weights come from."""
    checksum: str | None = CHECKSUM
    class_names: Sequence[str] = CLASS_NAMES
    trainable: Mapping[str, bool] = field(default_factory=lambda: {"features": True, "classifier": True})
    records: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """What the records of some seeds say instead."""


def document_arms(seeds: Sequence[int] = (0, 1, 2)) -> list[SyntheticArm]:
    """The document's four arms, scoring about what the document says."""

    def around(accuracy: float, step: int) -> dict[int, float]:
        return {seed: accuracy + 0.01 * (step * position % 3 - 1) for position, seed in enumerate(seeds)}

    def figures(test: float, printed: str, train: float | None = None) -> dict[str, Any]:
        return {"test_accuracy": test, "printed": printed, "train_accuracy": train}

    tensorflow = {
        **SCRATCH,
        "framework": "tensorflow",
        "network": alexnet((96, 256, 384, 384, 256), padding=0),
        "input": {"size": 227, "resize": "float"},
        "optimiser": {"name": "adam", "learning_rate": 1e-4},
        "shuffle": False,
    }
    library_alexnet = {"library": "torchvision", "model": "alexnet", "keep": "all_but_last_layer", "head": [SCORES]}
    head = [
        {"type": "global_average_pool"},
        {"type": "dense", "units": 1024},
        {"type": "dropout", "rate": 0.5},
        {"type": "dense", "units": 512},
        {"type": "dropout", "rate": 0.3},
        SCORES,
    ]
    pretrained = {
        **SCRATCH,
        "network": library_alexnet,
        "weights": "file",
        "frozen": {"layers": ["features"]},
        "optimiser": {"name": "adam", "learning_rate": 1e-4},
    }
    resnet = {
        **tensorflow,
        "network": {"library": "keras", "model": "ResNet50", "head": head},
        "input": {"size": 224, "resize": "float"},
        "weights": "file",
        "frozen": {"all_but_last": 15},
        "optimiser": {"name": "adam", "learning_rate": 5e-5},
        "schedule": {"name": "reduce_on_plateau", "factor": 0.2, "patience": 3, "minimum": 1e-5},
        "batch_size": 32,
        "shuffle": True,
        "precision": "float16",
    }
    frozen = {"features": False, "classifier": True}
    return [
        SyntheticArm("scratch_pytorch", "1.1", around(0.62, 1), SCRATCH, figures(0.6159, "61.59%", 0.7608)),
        SyntheticArm("scratch_tensorflow", "1.2", around(0.79, 2), tensorflow, figures(0.8034, "80.34%", 0.9632)),
        SyntheticArm("pretrained_pytorch", "2.1", around(0.86, 2), pretrained, figures(0.93, "93%"), trainable=frozen),
        SyntheticArm("pretrained_tensorflow", "2.2", around(0.66, 1), resnet, figures(0.67, "67%"), trainable=frozen),
    ]


def digits_arms(seeds: Sequence[int] = (0,)) -> list[SyntheticArm]:
    """The document's arms on other data."""
    return [replace(arm, checksum=None, class_names=tuple("0123456789")) for arm in document_arms(seeds)]


def patternless_arms() -> list[SyntheticArm]:
    """Arms whose accuracies have no pattern; one has a run that learned nothing, another fewer seeds."""
    made = []
    for number, arm in enumerate(document_arms()):
        accuracies = {seed: round(0.5 + 0.07 * number + 0.013 * ((5 * seed + number) % 7), 3) for seed in range(4)}
        made.append(replace(arm, accuracies=accuracies))
    made[0] = replace(made[0], accuracies={**made[0].accuracies, 0: 0.105}, collapsed=(0,))
    made[3] = replace(made[3], accuracies={seed: made[3].accuracies[seed] for seed in (1, 2, 3)})
    return made
