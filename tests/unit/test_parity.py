import math
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from study.parity.distance import relative, tensor_distances, uniform_distances
from study.parity.oracle import trajectory
from study.parity.spec import side_spec
from study.parity.trace import LIMIT, QUANTILES, Trace
from study.recipe.choices import Optimiser
from study.recipe.initialisation import bounds, draw_parameters
from support.parity_sides import described

RATE = 0.01


def one_step(gradient: float, start: float = 0.0, **settings: Any) -> float:
    spec = TypeAdapter(Optimiser).validate_python({"learning_rate": RATE, "weight_decay": 0.0, **settings})
    path = trajectory(spec, np.array([start]), np.array([[gradient]]), np.array([RATE]))
    return float(path[-1, 0])


@pytest.mark.parametrize(
    ("placement", "denominator"), [("after_correction", 1e-6 + 1e-6), ("before_correction", 1e-6 + 1e-6 / 0.001**0.5)]
)
def test_adams_first_step_is_what_the_paper_says(placement: str, denominator: float) -> None:
    moved = one_step(1e-6, name="adam", adam_epsilon=1e-6, epsilon_placement=placement)
    assert moved == pytest.approx(-RATE * 1e-6 / denominator, rel=1e-12)  # float64 rounding


def test_momentum_keeps_or_forgets_the_rate_that_a_gradient_came_with() -> None:
    moved = {}
    for form in ("rate_inside", "rate_outside"):
        settings = {"name": "sgd", "learning_rate": 1.0, "momentum": 0.5, "momentum_form": form, "weight_decay": 0}
        spec = TypeAdapter(Optimiser).validate_python(settings)
        path = trajectory(spec, np.zeros(1), np.array([[1.0], [0.0]]), np.array([1.0, 0.1]))
        moved[form] = path[:, 0].tolist()
    assert moved == {"rate_inside": [-1.0, -1.5], "rate_outside": [-1.0, -1.05]}


def test_decay_joins_the_gradient_or_the_rate() -> None:
    sgd = {"name": "sgd", "weight_decay": 0.5, "start": 2.0, "gradient": 1.0}
    assert one_step(**sgd, decay_form="coupled") == pytest.approx(2 - RATE * (1 + 0.5 * 2))
    adam = sgd | {"name": "adam", "adam_epsilon": 1e-30, "epsilon_placement": "after_correction"}
    assert one_step(**adam, decay_form="decoupled") == pytest.approx(2 * (1 - RATE * 0.5) - RATE)
    assert one_step(**adam, decay_form="coupled") == pytest.approx(2 - RATE)


def test_a_distance_is_relative_to_the_largest_value() -> None:
    assert relative(np.array([1.0, 1e-9]), np.array([1.0, 2e-9])) == pytest.approx(1e-9)
    assert relative(np.zeros(3), np.zeros(3)) == 0
    assert relative(np.zeros((2, 3)), np.zeros((3, 2))) == math.inf
    assert relative(np.array([np.nan]), np.array([np.nan])) == math.inf


def test_a_missing_tensor_is_infinitely_far() -> None:
    here, there = {"a": np.ones(2), "b": np.ones(2)}, {"a": np.ones(2), "c": np.ones(2)}
    assert tensor_distances(here, there) == {"a": 0, "b": math.inf, "c": math.inf}


def test_large_tensors_are_sampled_alike_and_one_changed_value_shows_in_the_norm() -> None:
    values = np.random.default_rng(0).normal(size=(LIMIT // 100, 101))
    traces = [Trace() for _ in range(3)]
    changed = values.copy()
    changed[0, 0] += 1
    for trace, array in zip(traces, (values, values.copy(), changed), strict=True):
        trace.add("outputs", "conv1", array)
    one, same, other = (trace.tensors for trace in traces)
    assert one["outputs/conv1"].shape == (LIMIT,)
    assert set(tensor_distances(one, same).values()) == {0.0}
    assert tensor_distances(one, other)["outputs/conv1 (norm)"] > 1e-7


def test_initial_values_are_held_against_their_rule() -> None:
    run = described(init="fan_in_uniform", bias_init="fan_in_uniform")
    quantiles = {name: np.quantile(values, QUANTILES) for name, values in draw_parameters(run).items()}
    assert max(uniform_distances(quantiles, bounds(run)).values()) < 2.7
    glorot = uniform_distances(quantiles, bounds(run.model_copy(update={"init": "glorot_uniform"})))
    assert glorot["dense1.weight"] > 2.7
    zeros = uniform_distances(quantiles, bounds(run.model_copy(update={"bias_init": "zeros"})))
    assert zeros["dense1.bias"] == math.inf


def test_a_side_depends_on_nothing_that_a_certificate_does_not() -> None:
    one = side_spec(described("pytorch", epochs=3, batch_size=16), "tensorflow", "quick")
    other = side_spec(described("tensorflow", epochs=9, batch_size=64, monitor="test"), "tensorflow", "quick")
    assert one == other
