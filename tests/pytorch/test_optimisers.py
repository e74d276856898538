from typing import Any

import pytest
import torch
from pydantic import TypeAdapter

from study.backends.pytorch.optimiser import make_optimiser
from study.backends.pytorch.parity import PytorchSide
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


def distances(settings: dict[str, Any], formula: dict[str, Any]) -> dict[str, float]:
    """How far the optimiser of these settings is from a formula."""
    spec, oracle = (TypeAdapter(Optimiser).validate_python(s) for s in (settings, formula))
    start, gradients = gradient_sequence()
    found = {
        name: PytorchSide().optimise(spec, start, gradients, rates)
        for name, rates in rate_sequences(spec.learning_rate).items()
    }
    return dict(oracle_distances(oracle, found))


@pytest.mark.parametrize("decay", DECAYS, ids=["none", "coupled", "decoupled"])
@pytest.mark.parametrize("form", FORMS, ids=["after", "before", "outside", "inside"])
def test_every_form_follows_its_formula(form: dict[str, Any], decay: dict[str, Any]) -> None:
    # The start is of the gradients' size and SGD moves it by about a tenth: 1e-16 / 0.1, with room for 40 steps.
    assert max(distances(form | decay, form | decay).values()) < 1e-12


@pytest.mark.parametrize(("native", "form"), [("adam", FORMS[0]), ("sgd", FORMS[2])])
def test_pytorchs_own_optimiser_is_the_formula_that_we_say_it_is(native: str, form: dict[str, Any]) -> None:
    left_out = {key: value for key, value in form.items() if key in ("name", "learning_rate", "momentum")}
    assert max(distances(left_out, form).values()) < 1e-12


def test_forms_differ_where_they_should() -> None:
    assert distances(FORMS[0], FORMS[1])["constant rate"] > 0.1
    apart = distances(FORMS[2], FORMS[3])
    assert apart["constant rate"] < 1e-12  # the same as long as the rate stays
    assert apart["stepped rate"] > 0.01


@pytest.mark.parametrize("form", [FORMS[1], FORMS[3]], ids=["before", "inside"])
def test_the_state_goes_through_a_state_dict(form: dict[str, Any]) -> None:
    spec = TypeAdapter(Optimiser).validate_python(form)
    parameters = [torch.ones(3, requires_grad=True) for _ in range(2)]
    optimisers = [make_optimiser([parameter], spec) for parameter in parameters]
    for parameter, optimiser in zip(parameters, optimisers, strict=True):
        parameter.grad = torch.tensor([1.0, -2.0, 3.0])
        optimiser.step()
    other = make_optimiser([parameters[1]], spec)
    other.load_state_dict(optimisers[1].state_dict())
    assert all(isinstance(value, torch.Tensor) for value in optimisers[0].state_dict()["state"][0].values())
    optimisers[0].step()
    other.step()
    assert torch.equal(parameters[0], parameters[1])
