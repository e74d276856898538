from typing import Any

import numpy as np
import pytest

from study.config.load import read_config, validate
from study.recipe.defaults import explicit
from study.recipe.initialisation import bounds, draw_parameters
from study.recipe.run import RunSpec
from support.tiny import TINY_NETWORK, run_spec

ADAM = {"name": "adam", "learning_rate": 1e-3}
SGD = {"name": "sgd", "learning_rate": 1e-2, "momentum": 0.9}


def resolved(framework: str, **keys: Any) -> RunSpec:
    """An arm of the study's own configuration, with these keys set."""
    config = read_config([])
    arm = {key: value for key, value in config["arms"]["scratch_pytorch"].items() if key != "label"}
    config["arms"] = {"arm": {**arm, "optimiser": ADAM, "framework": framework, **keys}}
    config["study"]["arms"] = ["arm"]
    return validate(config).run_spec("arm", 0)


def without_framework(spec: RunSpec) -> dict[str, Any]:
    return spec.model_dump(exclude={"framework"})


@pytest.mark.parametrize("optimiser", [ADAM, SGD, SGD | {"weight_decay": 1e-4}])
@pytest.mark.parametrize("defaults", ["pytorch", "keras"])
def test_arms_with_the_same_defaults_differ_in_their_framework_only(defaults: str, optimiser: dict[str, Any]) -> None:
    one, other = (resolved(f, defaults=defaults, optimiser=optimiser) for f in ("pytorch", "tensorflow"))
    assert without_framework(one) == without_framework(other)
    assert not one.optimiser.is_native
    assert "native" not in (one.init, one.bias_init)


@pytest.mark.parametrize("framework", ["pytorch", "tensorflow"])
def test_an_arm_that_leaves_everything_to_its_framework_stays_native(framework: str) -> None:
    spec = resolved(framework)
    assert (spec.init, spec.bias_init, spec.optimiser.is_native) == ("native", "native", True)


def test_keys_written_out_one_by_one_equal_those_filled_in() -> None:
    written = {"adam_epsilon": 1e-7, "epsilon_placement": "before_correction", "weight_decay": 0, "decay_form": None}
    one = resolved("pytorch", init="glorot_uniform", bias_init="zeros", optimiser=ADAM | written)
    assert without_framework(one) == without_framework(resolved("tensorflow", defaults="keras"))


@pytest.mark.parametrize(
    ("framework", "placement", "epsilon"),
    [("pytorch", "before_correction", 1e-8), ("tensorflow", "after_correction", 1e-7)],
)
def test_a_key_set_alone_leaves_the_others_to_the_framework(framework: str, placement: str, epsilon: float) -> None:
    optimiser = resolved(framework, optimiser=ADAM | {"epsilon_placement": placement}).optimiser
    assert (optimiser.adam_epsilon, optimiser.epsilon_placement) == (epsilon, placement)


def test_what_changes_no_formula_changes_no_lineage() -> None:
    plain = SGD | {"momentum": 0.0}
    one, other = (
        resolved("pytorch", defaults=defaults, optimiser=plain).optimiser for defaults in ("pytorch", "keras")
    )
    assert one == other


def test_writing_out_what_is_native_names_the_arms_own_framework() -> None:
    assert without_framework(explicit(resolved("tensorflow"))) == without_framework(
        resolved("pytorch", defaults="keras")
    )


def test_a_librarys_network_takes_no_rule_for_initial_values() -> None:
    config = read_config([])
    config["arms"]["pretrained_pytorch"]["defaults"] = "keras"
    spec = validate(config).run_spec("pretrained_pytorch", 0)
    assert (spec.init, spec.optimiser.adam_epsilon) == ("native", 1e-7)


def test_parameters_follow_the_seed_and_their_bounds() -> None:
    spec = run_spec("pytorch", init="glorot_uniform", bias_init="fan_in_uniform")
    drawn, again = draw_parameters(spec), draw_parameters(spec)
    other = draw_parameters(run_spec("pytorch", init="glorot_uniform", bias_init="fan_in_uniform", seed=1))
    assert list(drawn)[:2] == ["conv1.weight", "conv1.bias"]
    for name, _, bound in bounds(spec):
        assert np.array_equal(drawn[name], again[name])
        assert not np.array_equal(drawn[name], other[name])
        assert np.abs(drawn[name]).max() <= bound
    # 864 values: their largest misses the bound by more than 2 % once in 10^8 draws.
    assert np.abs(drawn["conv2.weight"]).max() > 0.98 * np.sqrt(6 / ((8 + 12) * 9))


def test_the_draw_of_a_layer_does_not_move_when_another_layer_changes() -> None:
    wider = {
        "layers": [{**layer, "units": 40} if layer.get("units") == 24 else layer for layer in TINY_NETWORK["layers"]]
    }
    one, other = (
        draw_parameters(run_spec("pytorch", network=network, init="fan_in_uniform", bias_init="zeros"))
        for network in (TINY_NETWORK, wider)
    )
    assert np.array_equal(one["conv2.weight"], other["conv2.weight"])
    assert one["dense1.weight"].shape != other["dense1.weight"].shape
