from typing import Any

import pytest

from study.config.load import read_config, validate
from study.plan.frozen_part import prefix_spec
from study.recipe.layer_names import layer_names
from study.recipe.networks import DescribedNetwork
from study.recipe.run import RunSpec
from support.tiny import run_spec


def described(run: RunSpec) -> list[str]:
    spec = prefix_spec(run)
    assert spec is not None
    assert isinstance(spec.network, DescribedNetwork)
    return layer_names(spec.network.layers)


def test_a_run_without_frozen_layers_has_no_frozen_part() -> None:
    assert prefix_spec(run_spec("pytorch")) is None


def test_a_frozen_layer_behind_one_that_learns_is_no_beginning() -> None:
    assert prefix_spec(run_spec("pytorch", frozen={"layers": ["conv2"]})) is None


def test_what_has_no_parameters_belongs_to_the_frozen_part_before_it() -> None:
    assert described(run_spec("pytorch", frozen={"layers": ["conv1"]}))[:2] == ["conv1", "pool1"]
    names = described(run_spec("pytorch", frozen={"layers": ["conv1", "conv2"]}))
    assert names == ["conv1", "pool1", "conv2", "flatten1", "dense1"]


def test_the_frozen_part_ends_before_dropout() -> None:
    names = described(run_spec("pytorch", frozen={"layers": ["conv1", "conv2", "dense1"]}))
    assert names == ["conv1", "pool1", "conv2", "flatten1", "dense1", "dense2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"optimiser": {"name": "sgd", "learning_rate": 0.1}},
        {"epochs": 7, "batch_size": 5, "shuffle": False},
        {"monitor": "validation", "validation_fraction": 0.1, "early_stop": {"patience": 2}, "result": "best"},
        {"schedule": {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1}, "monitor": "test"},
        {"seed": 3},
        {"labels": "shuffled"},
        {"repetition": 1},
        {"init": "glorot_uniform", "bias_init": "zeros"},
    ],
)
def test_settings_of_what_learns_leave_the_frozen_part_the_same(changes: dict[str, Any]) -> None:
    frozen = {"frozen": {"layers": ["conv1"]}, "weights": "run"}
    assert prefix_spec(run_spec("pytorch", **frozen, **changes)) == prefix_spec(run_spec("pytorch", **frozen))


def test_a_frozen_part_with_random_values_depends_on_the_seed() -> None:
    one, other = (prefix_spec(run_spec("pytorch", frozen={"layers": ["conv1"]}, seed=seed)) for seed in (0, 1))
    assert one != other


def test_a_librarys_head_is_no_part_of_what_is_frozen() -> None:
    study = validate(read_config([]))
    run = study.run_spec("pretrained_tensorflow", 0)
    head = study.networks["alexnet_torchvision"].model_copy(update={"library": "keras", "model": "ResNet50"}).head
    changed = run.model_copy(update={"network": run.network.model_copy(update={"head": head})})
    assert changed.network != run.network
    assert prefix_spec(changed) == prefix_spec(run)
