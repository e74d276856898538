"""Two arms that a claim of a cause puts side by side, as they are configured: what else differs between them."""

import copy
from typing import Any

import pytest

from study.config.load import validate
from study.evaluation.departures import departures
from support.configured_arms import BASE, LIBRARY, WITH_RESNET, configured_facts

PLATEAU = {"name": "reduce_on_plateau", "factor": 0.2, "patience": 3}


def differing(one: dict[str, Any], other: dict[str, Any], devices: tuple[str, str] = ("cpu", "cpu")) -> set[str]:
    """Return the facts in which two arms differ that have these settings in addition to the common ones."""
    config = copy.deepcopy(WITH_RESNET)
    config["datasets"] |= {
        "few": config["datasets"]["cifar10"] | {"train_images": 5000},
        "main": {"source": "digits", "part": "main"},
        "rest": {"source": "digits", "part": "pretraining"},
    }
    config["weights"] |= {
        "renamed": config["weights"]["alexnet_imagenet"] | {"filename": "other.pth"},
        "retrained": config["weights"]["alexnet_imagenet"] | {"checksum": "sha256:" + "0" * 64},
    }
    config["arms"] = {
        "source": BASE,
        "equal_source": BASE,
        "other_source": BASE | {"epochs": 1},
        "grandchild": BASE | {"weights": {"arm": "source"}},
        "other_grandchild": BASE | {"weights": {"arm": "other_source"}},
        "one": BASE | one,
        "other": BASE | other,
    }
    config["study"] |= {"arms": ["one", "other"], "seeds": [0]}
    study = validate(config)
    pair = [configured_facts(study, device)[name] for name, device in zip(("one", "other"), devices, strict=True)]
    return {item["key"] for item in departures(*pair)}


@pytest.mark.parametrize(
    ("one", "other", "keys"),
    [
        # R20: under `native`, the framework is not all that changes with the framework.
        ({}, {"framework": "tensorflow"}, {"framework", "init", "bias_init", "adam_epsilon", "epsilon_placement"}),
        ({}, {"framework": "tensorflow", "defaults": "pytorch"}, {"framework"}),
        ({"defaults": "keras"}, {"framework": "tensorflow"}, {"framework"}),
        # R6: what the run's settings alone do not say.
        ({"dataset": "few"}, {}, {"train_images"}),
        ({"dataset": "main"}, {"dataset": "rest"}, {"data"}),
        (LIBRARY, LIBRARY | {"weights": {"file": "retrained"}}, {"weights"}),
        (LIBRARY, LIBRARY | {"weights": {"file": "renamed"}}, set()),
        ({"weights": {"arm": "source"}}, {"weights": {"arm": "other_source"}}, {"weights"}),
        ({"weights": {"arm": "source"}}, {"weights": {"arm": "equal_source"}}, set()),
        ({"weights": {"arm": "grandchild"}}, {"weights": {"arm": "other_grandchild"}}, {"weights"}),
        (
            {"monitor": "validation", "validation_fraction": 0.1},
            {"monitor": "validation", "validation_fraction": 0.2},
            {"validation_fraction"},
        ),
        # What hangs on the setting that is named.
        ({"schedule": PLATEAU}, {"monitor": "none"}, {"schedule"}),
        ({"result": "best"}, {"monitor": "none"}, {"result"}),
        ({}, {"optimiser": {"name": "sgd", "learning_rate": 1e-4, "momentum": 0.9}}, {"optimiser"}),
        ({"input": {"size": 32}, "network": "resnet"}, {"input": {"size": 64}, "network": "resnet"}, {"input_size"}),
        # What the shorter of two trainings has no epoch for.
        ({"schedule": PLATEAU}, {"schedule": PLATEAU, "epochs": 4}, {"epochs"}),
        ({"schedule": PLATEAU}, {"epochs": 5}, {"epochs", "schedule"}),
        ({"early_stop": {"patience": 4}}, {"early_stop": {"patience": 4}, "epochs": 4}, {"epochs"}),
        ({"early_stop": {"patience": 4}}, {"epochs": 5}, {"epochs", "early_stop"}),
        # What changes no result.
        ({}, {"monitor": "none"}, set()),
        ({}, {"features": "live"}, set()),
        ({}, {"input": {"size": 224, "store": "resized"}}, set()),
        ({"frozen": {"layers": ["conv1"]}}, {"frozen": {"layers": ["conv1"]}, "features": "live"}, set()),
    ],
)
def test_all_that_differs_between_two_arms_is_found(one: dict[str, Any], other: dict[str, Any], keys: set[str]) -> None:
    assert differing(one, other) == keys


def test_another_kind_of_device_is_a_difference() -> None:
    assert differing({}, {}, devices=("cpu", "cuda")) == {"device"}


def test_the_arithmetic_that_was_asked_for_is_a_difference() -> None:
    assert differing({}, {"precision": "bfloat16"}) == {"precision"}
