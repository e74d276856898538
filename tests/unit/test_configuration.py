import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml

from study.config.load import merge, read_config, validate
from study.config.schema import json_schema
from study.config.study import Study
from study.errors import StudyError
from support.configured_arms import read_whole
from support.paths import ROOT

CONFIG = ROOT / "config"
STUDY = read_whole()
SCHEMA = jsonschema.Draft202012Validator(json.loads(json_schema()))
ARM = ("arms", "scratch_pytorch")


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The study's configuration with one value replaced."""
    config = copy.deepcopy(STUDY)
    here: Any = config
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    return config


def learning_rate(study: Study) -> float:
    return study.arms["scratch_pytorch"].optimiser.learning_rate


@pytest.mark.parametrize("files", ["", "demo.yaml", "quick.yaml", "config.yaml audit.yaml"])
def test_every_configuration_is_valid_and_fits_the_schema(files: str) -> None:
    config = read_config([CONFIG / name for name in files.split()], CONFIG / "config.yaml")
    validate(config)
    SCHEMA.validate(config)


def test_the_schema_file_is_the_schema_of_the_models() -> None:
    found = (CONFIG / "schema.json").read_text(encoding="utf-8")
    assert found == json_schema(), "write it anew with `make schema`"
    SCHEMA.check_schema(json.loads(found))


@pytest.mark.parametrize("written", ["1e-4", ".0001", "1.0E-4", 0.0001])
def test_numbers_may_be_written_as_people_write_them(written: object) -> None:
    config = changed((*ARM, "optimiser", "learning_rate"), written)
    assert learning_rate(validate(config)) == 0.0001
    SCHEMA.validate(config)


@pytest.mark.parametrize("written", ["abc", "yes", True, None, -0.1, 0, float("nan"), [1e-4], "1e", ""])
def test_what_is_no_positive_number_is_refused_by_models_and_schema(written: object) -> None:
    config = changed((*ARM, "optimiser", "learning_rate"), written)
    with pytest.raises(StudyError, match=r"^configuration: arms.scratch_pytorch.optimiser.learning_rate: is "):
        validate(config)
    if written == written:  # JSON schema knows no "not a number"
        with pytest.raises(jsonschema.ValidationError):
            SCHEMA.validate(config)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        (("learning_rate",), 1e-39),
        (("learning_rate",), 1e39),
        (("learning_rate",), 2e-45),
        (("adam_epsilon",), 1e-46),
        (("weight_decay",), "1e-300"),
    ],
)
def test_numbers_that_are_nothing_or_infinite_in_32_bits_are_refused(path: tuple[str, ...], number: object) -> None:
    config = changed((*ARM, "optimiser"), {"name": "adam", "learning_rate": 0.001})
    config["arms"]["scratch_pytorch"]["optimiser"][path[0]] = number
    with pytest.raises(StudyError, match=rf"optimiser\.{path[0]}: is .*; must be 0 or between 1\.2e-38 and 3\.4e\+38"):
        validate(config)


@pytest.mark.parametrize(("key", "number"), [("minimum", 1e-40), ("min_delta", 1e39), ("factor", 1e-60)])
def test_so_are_those_of_a_schedule(key: str, number: float) -> None:
    schedule = {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1, key: number}
    with pytest.raises(StudyError, match=rf"schedule\.{key}: is .*; must be 0 or between"):
        validate(changed((*ARM, "schedule"), schedule))


def test_a_momentum_that_is_1_in_32_bits_is_refused() -> None:
    for momentum in (0.99999999, np.nextafter(1.0, 0.0)):
        assert np.float32(momentum) == 1
        with pytest.raises(StudyError, match=r"momentum: is .*; must be less than 1, also when rounded"):
            validate(changed((*ARM, "optimiser"), {"name": "sgd", "learning_rate": 0.1, "momentum": float(momentum)}))
    smaller = float(np.nextafter(np.float32(1), np.float32(0)))
    validate(changed((*ARM, "optimiser"), {"name": "sgd", "learning_rate": 0.1, "momentum": smaller}))


MISTAKES = [
    ((*ARM, "lerning_rate"), 1, "arms.scratch_pytorch: unknown key 'lerning_rate'; known keys are framework"),
    ((*ARM, "optimiser", "momentun"), 1, "arms.scratch_pytorch.optimiser: unknown key 'momentun'"),
    ((*ARM, "optimiser", "name"), "adamw", "arms.scratch_pytorch.optimiser.name: is \"adamw\"; must be one of 'adam'"),
    ((*ARM, "epochs"), "3", 'arms.scratch_pytorch.epochs: is "3"; must be a whole number'),
    ((*ARM, "epochs"), 3.5, "arms.scratch_pytorch.epochs: is 3.5; must be a valid integer"),
    ((*ARM, "shuffle"), "maybe", 'arms.scratch_pytorch.shuffle: is "maybe"; must be true or false'),
    (
        (*ARM, "frozen"),
        "all",
        'arms.scratch_pytorch.frozen: is "all"; must be nothing or {layers: [NAMES]}, {all_but_last: N',
    ),
    ((*ARM, "weights"), "imagenet", 'arms.scratch_pytorch.weights: is "imagenet"; must be none or {file: KEY}'),
    (
        (*ARM, "weights"),
        {"arm": "scratch_pytorch"},
        "arms.scratch_pytorch.weights.arm: 'scratch_pytorch' takes its own",
    ),
    ((*ARM, "weights"), {"arm": "pretrained_pytorch"}, "has other layers before its head"),
    ((*ARM, "weights"), {"file": "alexnet"}, "weights.file: there is no 'alexnet'; there are alexnet_imagenet"),
    ((*ARM, "weights"), {"file": "alexnet_imagenet"}, "network 'alexnet_64' is given as layers"),
    ((*ARM, "framework"), "jax", "framework: is \"jax\"; must be 'pytorch' or 'tensorflow'"),
    ((*ARM, "network"), "resnet50_keras", "is a network of keras, which needs framework: tensorflow"),
    ((*ARM, "input", "size"), 62, "input.size: 62 is too small for the network: layer 8 (max_pool) has a window of 3"),
    ((*ARM, "input", "size"), 16, "16 is smaller than the data set's images (32)"),
    ((*ARM, "dataset"), "mnist", "arms.scratch_pytorch.dataset: there is no 'mnist'; there are cifar10"),
    (
        (*ARM, "monitor"),
        "validation",
        "monitor: validation needs images that are set aside: give a validation_fraction above 0",
    ),
    (("arms", "pretrained_tensorflow", "monitor"), "none", "reduce_on_plateau needs something to follow"),
    (("arms", "Scratch"), {}, 'arms.Scratch: is "Scratch"; must match'),
    (("study", "arms"), ["scratch"], "study.arms: there is no 'scratch'; there are notebook_pytorch"),
    (("study", "seeds"), [1, 1], "study.seeds: is [1, 1]; names '1' twice"),
    (("study", "seeds"), [], "study.seeds: is []"),
    (("networks", "resnet50_keras", "model"), "resnet50", "model: 'resnet50' is not one of ResNet50"),
    (("networks", "resnet50_keras", "keep"), "all_but_last_layer", "ResNet50 does not end in a dense layer"),
    (
        ("networks", "alexnet_64", "layers", 0, "kernel"),
        0,
        "networks.alexnet_64.layers.0.kernel: is 0; must be greater",
    ),
    (("networks", "alexnet_64", "layers", 8), {"type": "dropout", "rate": 0.5}, "layer 10 (dense) needs a flatten"),
    (("networks", "alexnet_64", "layers", 0, "padding"), "same", "padding 'same' needs stride 1 and an odd kernel"),
    (("networks", "alexnet_64", "layers", 13, "activation"), "relu", "the last layer must be"),
    (("datasets", "cifar10", "train_images"), 5001, "train_images must be a multiple of 10"),
    (("datasets", "cifar10", "archive", "checksum"), "abc", 'archive.checksum: is "abc"; must match'),
    (("datasets", "cifar10", "source"), "mnist", "datasets.cifar10.source: is \"mnist\"; must be one of 'cifar10'"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), MISTAKES)
def test_a_mistake_is_refused_with_the_key_what_stands_there_and_what_may(
    path: tuple[Any, ...], value: object, sentence: str
) -> None:
    with pytest.raises(StudyError) as refused:
        validate(changed(path, value))
    assert sentence in str(refused.value)


def test_a_missing_key_is_named() -> None:
    config = changed((*ARM, "epochs"), 1)
    del config["arms"]["scratch_pytorch"]["epochs"]
    with pytest.raises(StudyError, match=r"^configuration: arms.scratch_pytorch.epochs: this key is missing$"):
        validate(config)


def test_overlays_replace_single_keys_and_whole_lists() -> None:
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    assert merge(base, {"a": {"c": [3]}}) == {"a": {"b": 1, "c": [3]}, "d": 1}


def test_a_file_that_is_no_yaml_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(StudyError, match=r"broken.yaml: not valid YAML"):
        read_config([tmp_path / "broken.yaml"])
    with pytest.raises(StudyError, match=r"nowhere.yaml: cannot be read"):
        read_config([tmp_path / "nowhere.yaml"])


def test_override_reaches_every_arm() -> None:
    study = validate(read_config([CONFIG / "quick.yaml"], CONFIG / "config.yaml"))
    assert {study.run_spec(arm, 0).epochs for arm in study.study.arms} == {3}
    assert {study.run_spec(arm, 0).precision for arm in study.study.arms} == {"float32"}


def test_every_key_of_an_arm_is_explained_where_the_study_is_configured() -> None:
    text = (CONFIG / "config.yaml").read_text(encoding="utf-8")
    first_arm = yaml.safe_load(text)["arms"]["scratch_pytorch"]
    assert set(first_arm) == set(Study.model_fields["arms"].annotation.__args__[1].model_fields)
