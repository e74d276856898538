"""An arm of the study with other settings, and how it departs from the document."""

import copy
from typing import Any

from study.config.document import Section
from study.config.load import validate
from study.evaluation.departures import departures
from support.audit_arms import faithful_facts
from support.configured_arms import configured_facts, read_whole

CONFIG = read_whole()
CONFIG["arms"]["copy"] = {**CONFIG["arms"]["scratch_pytorch"], "label": None}
SECTIONS: dict[str, Section] = {
    "scratch_pytorch": "1.1",
    "scratch_tensorflow": "1.2",
    "pretrained_pytorch": "2.1",
    "pretrained_tensorflow": "2.2",
}


def departures_of(name: str, layers: dict[int, dict[str, Any] | None] | None = None, **settings: Any) -> dict[str, Any]:
    """In what an arm of the study departs from the document if these settings of it are others, by key.

    ``layers``: other settings of some layers of its network or head, by their place; None takes the layer out.
    """
    config = copy.deepcopy(CONFIG)
    settings_of = config["arms"][name]
    settings_of |= settings
    network = config["networks"][settings_of["network"]]
    key = "layers" if "layers" in network else "head"
    for place, change in sorted((layers or {}).items(), reverse=True):
        network[key][place : place + 1] = [] if change is None else [network[key][place] | change]
    config["study"] |= {"arms": [name], "seeds": [0]}
    facts = configured_facts(validate(config))[name]
    return {item["key"]: item for item in departures(faithful_facts(SECTIONS[name]), facts)}


SCRATCH = "scratch_pytorch"
ADAM = {"name": "adam", "learning_rate": 1e-3}
PLATEAU = {"name": "reduce_on_plateau", "factor": 0.2, "patience": 3, "minimum": 1e-5, "min_delta": 1e-4}
SETTINGS: list[tuple[str, dict[str, Any], set[str]]] = [
    (SCRATCH, {"input": {"size": 227}}, {"input_size"}),
    (SCRATCH, {"input": {"size": 224, "resize": "float"}}, {"resize"}),
    (SCRATCH, {"input": {"size": 224, "scaling": "imagenet"}}, {"scaling"}),
    (SCRATCH, {"frozen": {"layers": ["conv1"]}}, {"frozen"}),
    ("pretrained_pytorch", {"frozen": "nothing"}, {"frozen"}),
    ("pretrained_pytorch", {"frozen": {"layers": ["features.0"]}}, {"frozen"}),
    ("pretrained_tensorflow", {"frozen": {"all_but_last": 14}}, {"frozen"}),
    ("pretrained_pytorch", {"weights": "none"}, {"weights"}),
    (SCRATCH, {"weights": {"arm": "copy"}}, {"weights"}),
    (SCRATCH, {"init": "glorot_uniform"}, {"init"}),
    (SCRATCH, {"bias_init": "zeros"}, {"bias_init"}),
    (SCRATCH, {"defaults": "keras"}, {"init", "bias_init", "adam_epsilon", "epsilon_placement"}),
    (SCRATCH, {"optimiser": ADAM | {"learning_rate": 1e-4}}, {"learning_rate"}),
    (SCRATCH, {"optimiser": ADAM | {"adam_epsilon": 1e-7}}, {"adam_epsilon"}),
    (SCRATCH, {"optimiser": ADAM | {"epsilon_placement": "before_correction"}}, {"epsilon_placement"}),
    (SCRATCH, {"optimiser": ADAM | {"weight_decay": 1e-4}}, {"weight_decay"}),
    (SCRATCH, {"optimiser": {"name": "sgd", "learning_rate": 1e-3, "momentum": 0.9}}, {"optimiser"}),
    (SCRATCH, {"framework": "tensorflow"}, {"framework", "init", "bias_init", "adam_epsilon", "epsilon_placement"}),
    (SCRATCH, {"schedule": PLATEAU}, {"schedule"}),
    ("pretrained_tensorflow", {"schedule": PLATEAU | {"factor": 0.5}}, {"schedule"}),
    ("pretrained_tensorflow", {"schedule": PLATEAU | {"patience": 2}}, {"schedule"}),
    ("pretrained_tensorflow", {"schedule": PLATEAU | {"minimum": 0}}, {"schedule"}),
    ("pretrained_tensorflow", {"schedule": PLATEAU | {"min_delta": 1e-3}}, {"schedule"}),
    ("pretrained_tensorflow", {"schedule": {"name": "constant"}}, {"schedule"}),
    (
        "pretrained_tensorflow",
        {"monitor": "validation", "validation_fraction": 0.1},
        {"monitor", "validation_fraction"},
    ),
    (SCRATCH, {"monitor": "validation", "validation_fraction": 0.1}, {"validation_fraction"}),
    (SCRATCH, {"batch_size": 32}, {"batch_size"}),
    (SCRATCH, {"epochs": 9}, {"epochs"}),
    ("pretrained_tensorflow", {"epochs": 4}, {"epochs"}),
    ("pretrained_tensorflow", {"epochs": 4, "schedule": {"name": "constant"}}, {"epochs"}),
    ("pretrained_tensorflow", {"epochs": 5, "schedule": {"name": "constant"}}, {"epochs", "schedule"}),
    (SCRATCH, {"early_stop": {"patience": 3}}, {"early_stop"}),
    (SCRATCH, {"result": "best"}, {"result"}),
    (SCRATCH, {"shuffle": False}, {"shuffle"}),
    (SCRATCH, {"augmentation": "flips"}, {"augmentation"}),
    (SCRATCH, {"labels": "shuffled"}, {"labels"}),
    ("pretrained_tensorflow", {"frozen": {"all_but_last": 15, "layers": ["conv5_block3_3_bn"]}}, {"frozen"}),
    (SCRATCH, {"precision": "bfloat16"}, {"precision"}),
]
