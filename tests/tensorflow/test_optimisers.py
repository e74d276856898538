from typing import Any

import keras
import pytest
from pydantic import TypeAdapter

import tensorflow as tf
from study.backends.tensorflow.optimiser import make_optimiser
from study.backends.tensorflow.parity import TensorflowSide
from study.parity.distance import oracle_distances
from study.parity.sample import gradient_sequence, rate_sequences
from study.recipe.optimisers import Optimiser

ADAM = {"name": "adam", "learning_rate": 1e-3, "adam_epsilon": 1e-8, "weight_decay": 0.0}
SGD = {"name": "sgd", "learning_rate": 1e-2, "momentum": 0.9, "weight_decay": 0.0}
DECAYS: list[dict[str, Any]] = [
    {},
    {"weight_decay": 0.01, "decay_form": "coupled"},
    {"weight_decay": 0.01, "decay_form": "decoupled"},
]
FORMS = [
    *(ADAM | {"epsilon_placement": placement} for placement in ("after_correction", "before_correction")),
    *(SGD | {"momentum_form": form} for form in ("rate_outside", "rate_inside")),
]


KERAS = ADAM | {"adam_epsilon": 1e-7, "epsilon_placement": "before_correction"}


def distances(settings: dict[str, Any], formula: dict[str, Any]) -> dict[str, float]:
    """How far the optimiser of these settings is from a formula."""
    spec, oracle = (TypeAdapter(Optimiser).validate_python(s) for s in (settings, formula))
    start, gradients = gradient_sequence()
    found = {
        name: TensorflowSide().optimise(spec, start, gradients, rates)
        for name, rates in rate_sequences(spec.learning_rate).items()
    }
    return dict(oracle_distances(oracle, found))


@pytest.mark.parametrize("decay", DECAYS, ids=["none", "coupled", "decoupled"])
@pytest.mark.parametrize("form", FORMS, ids=["after", "before", "outside", "inside"])
def test_every_form_follows_its_formula(form: dict[str, Any], decay: dict[str, Any]) -> None:
    # The start is of the gradients' size and SGD moves it by about a tenth: 1e-16 / 0.1, with room for 40 steps.
    assert max(distances(form | decay, form | decay).values()) < 1e-12


def test_kerass_own_adam_is_near_the_formula_that_we_say_it_is() -> None:
    left_out = {"name": "adam", "learning_rate": 1e-3}
    # Keras rounds beta 2 to float32, which changes the first correction by 6.6e-6 (its square root by half of that).
    assert 1e-6 < max(distances(left_out, KERAS).values()) < 1e-5


def test_the_fused_adam_is_kerass_to_rounding() -> None:
    spec = TypeAdapter(Optimiser).validate_python({"name": "adam", "learning_rate": 1e-3})
    start, gradients = keras.random.normal((64, 32), seed=1), [keras.random.normal((64, 32), seed=n) for n in range(5)]
    moved = []
    for optimiser in (make_optimiser(spec), keras.optimizers.Adam(1e-3)):
        parameter = keras.Variable(start)
        optimiser.build([parameter])
        for gradient in gradients:
            optimiser.apply([gradient])
        moved.append([parameter, *optimiser.variables])
    for one, other in zip(*moved, strict=True):
        # A few units in the last place of values of about 1, in each of five steps.
        assert one.numpy() == pytest.approx(other.numpy(), abs=2e-6, rel=1e-5)


def test_kerass_own_momentum_keeps_the_rate_inside() -> None:
    left_out = {key: SGD[key] for key in ("name", "learning_rate", "momentum")}
    # Keras rounds momentum to float32: 2.6e-8, summed up over some ten steps.
    assert max(distances(left_out, FORMS[3]).values()) < 1e-6


def test_forms_differ_where_they_should() -> None:
    assert distances(FORMS[0], FORMS[1])["constant rate"] > 0.1
    apart = distances(FORMS[2], FORMS[3])
    assert apart["constant rate"] < 1e-12  # the same as long as the rate stays
    assert apart["stepped rate"] > 0.01


@pytest.mark.parametrize("form", FORMS, ids=["after", "before", "outside", "inside"])
def test_the_state_is_in_the_variables(form: dict[str, Any]) -> None:
    spec = TypeAdapter(Optimiser).validate_python(form)
    parameters = [keras.Variable([1.0, 1.0, 1.0]) for _ in range(2)]
    optimisers = [make_optimiser(spec) for _ in range(3)]
    gradient = tf.constant([1.0, -2.0, 3.0])
    for parameter, optimiser in zip(parameters, optimisers[:2], strict=True):
        optimiser.build([parameter])
        optimiser.apply([gradient])
    optimisers[2].build([parameters[1]])
    for variable, value in zip(optimisers[2].variables, optimisers[1].variables, strict=True):
        variable.assign(value)
    for optimiser in (optimisers[0], optimisers[2]):
        optimiser.apply([gradient])
    assert (parameters[0].numpy() == parameters[1].numpy()).all()
