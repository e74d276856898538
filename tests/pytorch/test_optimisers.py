import pytest
import torch

from study.backends.pytorch.optimiser import make_optimiser
from study.backends.pytorch.parity import PytorchSide
from study.recipe.optimiser import OptimiserSettings
from support.optimisers import ALL_FORMS, ALL_VARIANTS, distance, of

SIDE = PytorchSide()


@pytest.mark.parametrize("form", ALL_FORMS.values(), ids=ALL_FORMS)
def test_every_form_follows_its_formula(form: OptimiserSettings) -> None:
    # The start is of the gradients' size and SGD moves it by about a tenth: 1e-16 / 0.1, with room for 40 steps.
    assert max(distance(SIDE.optimise, form, form).values()) < 1e-12


@pytest.mark.parametrize("native", ALL_VARIANTS.values(), ids=ALL_VARIANTS)
def test_pytorchs_own_optimiser_is_the_formula_that_we_say_it_is(native: OptimiserSettings) -> None:
    assert native.is_native
    assert type(make_optimiser([torch.ones(1, requires_grad=True)], native)).__module__.startswith("torch.")
    assert max(distance(SIDE.optimise, native, native.filled("pytorch")).values()) < 1e-12


def test_forms_differ_where_they_should() -> None:
    epsilon = {"adam_epsilon": 1e-8, "weight_decay": 0.0}
    after, before = (
        of("adam", epsilon_placement=placement, **epsilon) for placement in ("after_correction", "before_correction")
    )
    assert distance(SIDE.optimise, after, before)["constant rate"] > 0.1
    outside, inside = (of("sgd", momentum=0.9, momentum_form=form) for form in ("rate_outside", "rate_inside"))
    apart = distance(SIDE.optimise, outside, inside)
    assert apart["constant rate"] < 1e-12  # the same as long as the rate stays
    assert apart["stepped rate"] > 0.01


@pytest.mark.parametrize("form", ALL_FORMS.values(), ids=ALL_FORMS)
def test_the_state_goes_through_a_state_dict(form: OptimiserSettings) -> None:
    parameters = [torch.ones(3, requires_grad=True) for _ in range(2)]
    optimisers = [make_optimiser([parameter], form) for parameter in parameters]
    for parameter, optimiser in zip(parameters, optimisers, strict=True):
        parameter.grad = torch.tensor([1.0, -2.0, 3.0])
        optimiser.step()
    other = make_optimiser([parameters[1]], form)
    other.load_state_dict(optimisers[1].state_dict())
    kept = optimisers[0].state_dict()["state"].get(0, {})
    assert all(value is None or isinstance(value, torch.Tensor) for value in kept.values())
    optimisers[0].step()
    other.step()
    assert torch.equal(parameters[0], parameters[1])
