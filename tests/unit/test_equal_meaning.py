"""Settings that mean the same have one lineage, and settings that do not have another."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from study.config.load import validate
from study.plan.planner import make_plan
from study.training.randomness import split_validation
from support.configured_arms import read_whole
from support.paths import ROOT

STUDY = read_whole()
PLATEAU = {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1}
ADAM = {"name": "adam", "learning_rate": 1e-3}
SGD = {"name": "sgd", "learning_rate": 1e-2}
SCORES = {"type": "dense", "units": "classes", "activation": "none"}
LAYERS: list[dict[str, Any]] = [
    {"type": "conv", "filters": 8, "kernel": 5, "padding": "same"},
    {"type": "max_pool", "size": 3, "stride": 2},
    {"type": "conv", "filters": 8, "kernel": 3, "stride": 2, "padding": 1},
    {"type": "flatten"},
    {"type": "dense", "units": 10},
    {"type": "dropout", "rate": 0.5},
    SCORES,
]
SET_ASIDE = {"monitor": "validation", "validation_fraction": 0.3}
ARM: dict[str, Any] = {
    "framework": "pytorch",
    "dataset": "cifar10",
    "network": "net",
    "input": {"size": 64},
    "optimiser": ADAM,
    "batch_size": 64,
    "epochs": 3,
    "monitor": "test",
}


def lineage(
    arm: Mapping[str, Any], layers: list[dict[str, Any]] | None = None, data: Mapping[str, Any] | None = None
) -> str:
    """Return the settings of the only run of a study whose only arm has these settings instead."""
    config = copy.deepcopy(STUDY)
    config["networks"]["net"] = {"layers": LAYERS if layers is None else layers}
    config["datasets"]["cifar10"] |= data or {}
    config["arms"]["it"] = {**ARM, **arm}
    config["study"] |= {"arms": ["it"], "seeds": [0]}
    return make_plan(validate(config), ROOT).runs["it", 0].lineage


def changed(place: int, **settings: Any) -> dict[str, Any]:
    """The layers with one of them changed, as an argument of ``lineage``."""
    return {"layers": [*LAYERS[:place], {**LAYERS[place], **settings}, *LAYERS[place + 1 :]]}


def inserted(place: int, layer: Mapping[str, Any]) -> dict[str, Any]:
    return {"layers": [*LAYERS[:place], dict(layer), *LAYERS[place:]]}


TENSORFLOW = {"framework": "tensorflow"}
RESNET = {**TENSORFLOW, "network": "resnet50_keras", "weights": {"file": "resnet50_imagenet"}, "features": "live"}
ALEXNET = {"network": "alexnet_torchvision", "weights": {"file": "alexnet_imagenet"}}

EQUAL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "PyTorch's epsilon": ({}, {"optimiser": ADAM | {"adam_epsilon": 1e-8}}),
    "Keras' epsilon": (TENSORFLOW, TENSORFLOW | {"optimiser": ADAM | {"adam_epsilon": 1e-7}}),
    "PyTorch's place": ({}, {"optimiser": ADAM | {"epsilon_placement": "after_correction"}}),
    "Keras' place": (TENSORFLOW, TENSORFLOW | {"optimiser": ADAM | {"epsilon_placement": "before_correction"}}),
    "no decay": ({}, {"optimiser": ADAM | {"weight_decay": 0}}),
    "no decay in any form": ({}, {"optimiser": ADAM | {"weight_decay": 0, "decay_form": "decoupled"}}),
    "a form of no decay": (TENSORFLOW, TENSORFLOW | {"optimiser": ADAM | {"decay_form": "coupled"}}),
    "no momentum": ({"optimiser": SGD}, {"optimiser": SGD | {"momentum": 0}}),
    "a form of no momentum": ({"optimiser": SGD}, {"optimiser": SGD | {"momentum_form": "rate_inside"}}),
    "PyTorch's momentum": (
        {"optimiser": SGD | {"momentum": 0.9}},
        {"optimiser": SGD | {"momentum": 0.9, "momentum_form": "rate_outside", "weight_decay": 0}},
    ),
    "Keras' momentum": (
        TENSORFLOW | {"optimiser": SGD | {"momentum": 0.9}},
        TENSORFLOW | {"optimiser": SGD | {"momentum": 0.9, "momentum_form": "rate_inside"}},
    ),
    "PyTorch's decay": (
        {"optimiser": ADAM | {"weight_decay": 1e-4}},
        {"optimiser": ADAM | {"weight_decay": 1e-4, "decay_form": "coupled", "adam_epsilon": 1e-8}},
    ),
    "PyTorch's initial values": ({}, {"init": "fan_in_uniform", "bias_init": "fan_in_uniform"}),
    "PyTorch's initial biases": ({}, {"bias_init": "fan_in_uniform"}),
    "Keras' initial values": (TENSORFLOW, TENSORFLOW | {"init": "glorot_uniform", "bias_init": "zeros"}),
    "one of Keras' initial values": (
        TENSORFLOW | {"init": "fan_in_uniform"},
        TENSORFLOW | {"init": "fan_in_uniform", "bias_init": "zeros"},
    ),
    "native": ({}, {"defaults": "native"}),
    "a library's network": (ALEXNET, ALEXNET | {"optimiser": ADAM | {"adam_epsilon": 1e-8}}),
    "zeros that keep the size": ({}, changed(0, padding=2)),
    "no zeros around one pixel": (changed(0, kernel=1, padding=0), changed(0, kernel=1, padding="same")),
    "the default activation": ({}, changed(0, activation="relu")),
    "the default stride": ({}, changed(0, stride=1)),
    "as many units as classes": ({}, changed(4, units="classes")),
    "a dropout of nothing": ({}, inserted(4, {"type": "dropout", "rate": 0})),
    "a pool of one value": ({}, inserted(2, {"type": "max_pool", "size": 1, "stride": 1})),
    "a second flattening": ({}, inserted(4, {"type": "flatten"})),
    "nothing frozen": ({}, {"frozen": {"layers": []}}),
    "nothing frozen by number": ({}, {"frozen": {"all_but_last": 6}}),
    "a frozen layer without parameters": ({}, {"frozen": {"layers": ["pool1", "flatten1"]}}),
    "frozen layers by number": ({"frozen": {"layers": ["conv1", "conv2"]}}, {"frozen": {"all_but_last": 2}}),
    "frozen layers in another order": (
        {"frozen": {"layers": ["conv1", "conv2"]}},
        {"frozen": {"layers": ["conv2", "conv1", "conv2"]}},
    ),
    "frozen layers beside a dropout of nothing": (
        {"frozen": {"all_but_last": 2}},
        {"frozen": {"all_but_last": 3}, **inserted(5, {"type": "dropout", "rate": 0})},
    ),
    "frozen layers by number and by name": (
        {"frozen": {"layers": ["conv1", "conv2"]}},
        {"frozen": {"all_but_last": 4, "layers": ["conv2"]}},
    ),
    "a name of what is frozen by number": (
        {"frozen": {"all_but_last": 2}},
        {"frozen": {"all_but_last": 2, "layers": ["conv1"]}},
    ),
    "no name beside a number": (
        RESNET | {"frozen": {"all_but_last": 15}},
        RESNET | {"frozen": {"all_but_last": 15, "layers": []}},
    ),
    "a name beside all layers": (
        RESNET | {"frozen": {"all_but_last": 0}},
        RESNET | {"frozen": {"all_but_last": 0, "layers": ["conv5_block3_3_bn"]}},
    ),
    "names beside a number in another order": (
        RESNET | {"frozen": {"all_but_last": 15, "layers": ["conv5_block2_3_bn", "conv5_block3_3_bn"]}},
        RESNET | {"frozen": {"all_but_last": 15, "layers": ["conv5_block3_3_bn", "conv5_block2_3_bn"]}},
    ),
    "a part of a frozen part": (
        ALEXNET | {"frozen": {"layers": ["features"]}},
        ALEXNET | {"frozen": {"layers": ["features.3", "features"]}},
    ),
    "all training images": ({}, {"data": {"train_images": 50_000}}),
    "all test images": ({}, {"data": {"test_images": 10_000}}),
    "another rule for images that keep their size": (
        {"input": {"size": 32}},
        {"input": {"size": 32, "resize": "float"}},
    ),
    "another place for images that keep their size": (
        {"input": {"size": 32}},
        {"input": {"size": 32, "resize": "float", "store": "resized"}},
    ),
    "the default scaling": ({}, {"input": {"size": 64, "scaling": "minus_one_to_one", "resize": "pillow"}}),
    "a rate written as text": ({}, {"optimiser": {"name": "adam", "learning_rate": "1e-3"}}),
    "the schedule's defaults": (
        {"schedule": {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1}},
        {"schedule": {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1, "min_delta": 1e-4, "minimum": 0}},
    ),
    "an early stop that comes too late": ({}, {"early_stop": {"patience": 3}}),
    "a plateau too long for the planned epochs": ({}, {"schedule": PLATEAU | {"patience": 2}}),
    "a plateau whose rate is at its minimum": ({}, {"schedule": PLATEAU | {"minimum": 1e-3}}),
    "nothing set aside": ({}, {"validation_fraction": 0}),
    "a batch of more images than there are": ({"batch_size": 50_000}, {"batch_size": 60_000}),
    "a batch of more images than are not set aside": (
        SET_ASIDE | {"batch_size": len(split_validation(50_000, 0.3, 0)[0])},
        SET_ASIDE | {"batch_size": 50_000},
    ),
}

OTHER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Keras' epsilon in PyTorch": ({}, {"optimiser": ADAM | {"adam_epsilon": 1e-7}}),
    "PyTorch's epsilon in Keras": (TENSORFLOW, TENSORFLOW | {"optimiser": ADAM | {"adam_epsilon": 1e-8}}),
    "another place": ({}, {"optimiser": ADAM | {"epsilon_placement": "before_correction"}}),
    "decay": ({}, {"optimiser": ADAM | {"weight_decay": 1e-4}}),
    "the form of decay": (
        {"optimiser": ADAM | {"weight_decay": 1e-4}},
        {"optimiser": ADAM | {"weight_decay": 1e-4, "decay_form": "decoupled"}},
    ),
    "a plateau that can lower the last epoch's rate": ({}, {"schedule": PLATEAU}),
    "momentum": ({"optimiser": SGD}, {"optimiser": SGD | {"momentum": 0.9}}),
    "Keras' initial values in PyTorch": ({}, {"init": "glorot_uniform"}),
    "Keras' initial biases in PyTorch": ({}, {"bias_init": "zeros"}),
    # These ask for formulas and draws that are the same in both frameworks: other random numbers, rounded otherwise.
    "the formulas and draws of both frameworks": ({}, {"defaults": "pytorch"}),
    "fewer zeros": ({}, changed(0, padding=1)),
    "more zeros": ({}, changed(0, padding=3)),
    "zeros beside a stride": ({}, changed(2, padding=0)),
    "another activation": ({}, changed(4, activation="none")),
    "another number of units": ({}, changed(4, units=11)),
    "a dropout": ({}, inserted(4, {"type": "dropout", "rate": 0.1})),
    "another rate of a dropout": ({}, changed(5, rate=0.0)),
    "a pool that skips": ({}, inserted(2, {"type": "max_pool", "size": 1, "stride": 2})),
    "another frozen layer": ({"frozen": {"layers": ["conv1"]}}, {"frozen": {"layers": ["conv1", "conv2"]}}),
    "something frozen": ({}, {"frozen": {"layers": ["conv1"]}}),
    "a frozen dropout, which lets all pass": ({}, {"frozen": {"layers": ["dropout1"]}}),
    "all layers of a library's network frozen": (RESNET, RESNET | {"frozen": {"all_but_last": 0}}),
    "a batch of all images but one": ({"batch_size": 50_000}, {"batch_size": 49_999}),
    "a frozen layer beside a number": (
        RESNET | {"frozen": {"all_but_last": 15}},
        RESNET | {"frozen": {"all_but_last": 15, "layers": ["conv5_block3_3_bn"]}},
    ),
    "shuffled labels": ({}, {"labels": "shuffled"}),
    "fewer training images": ({}, {"data": {"train_images": 10_000}}),
    "fewer test images": ({}, {"data": {"test_images": 5_000}}),
    "another rule for images that are enlarged": ({}, {"input": {"size": 64, "resize": "float"}}),
    "an early stop": ({}, {"early_stop": {"patience": 2}}),
    "the best epoch": ({}, {"result": "best"}),
}


@pytest.mark.parametrize(("one", "other"), EQUAL.values(), ids=EQUAL.keys())
def test_what_means_the_same_has_one_lineage(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert lineage_of(one) == lineage_of(other)


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER.keys())
def test_what_means_something_else_has_another_lineage(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert lineage_of(one) != lineage_of(other)


def lineage_of(settings: dict[str, Any]) -> str:
    arm = {key: value for key, value in settings.items() if key not in ("layers", "data")}
    return lineage(arm, settings.get("layers"), settings.get("data"))


def test_an_arm_takes_parameters_from_a_network_that_is_only_written_otherwise() -> None:
    config = copy.deepcopy(STUDY)
    config["networks"] |= {"net": {"layers": LAYERS}, "same": changed(0, padding=2)}
    config["arms"] |= {"source": ARM, "taker": {**ARM, "network": "same", "weights": {"arm": "source"}}}
    config["study"]["arms"] = ["source", "taker"]
    assert validate(config).run_spec("taker", 0).network == validate(config).run_spec("source", 0).network
