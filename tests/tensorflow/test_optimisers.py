import keras
import pytest

import tensorflow as tf
from study.backends.tensorflow.optimiser import make_optimiser
from study.backends.tensorflow.parity import TensorflowSide
from study.recipe.optimiser import OptimiserSettings
from support.optimisers import ALL_FORMS, ALL_VARIANTS, distance, of

SIDE = TensorflowSide()


@pytest.mark.parametrize("form", ALL_FORMS.values(), ids=ALL_FORMS)
def test_every_form_follows_its_formula(form: OptimiserSettings) -> None:
    # The start is of the gradients' size and SGD moves it by about a tenth: 1e-16 / 0.1, with room for 40 steps.
    assert max(distance(SIDE.optimise, form, form).values()) < 1e-12


@pytest.mark.parametrize("native", ALL_VARIANTS.values(), ids=ALL_VARIANTS)
def test_kerass_own_optimiser_is_near_the_formula_that_we_say_it_is(native: OptimiserSettings) -> None:
    assert native.is_native
    # Keras rounds its constants to float32: a momentum by 2.6e-8, summed up over some ten steps; Adam's beta 2 so that
    # the first correction changes by 6.6e-6 (its square root by half of that).
    assert max(distance(SIDE.optimise, native, native.filled("keras")).values()) < 1e-5


def test_kerass_adam_rounds_and_its_momentum_hardly_does() -> None:
    apart = {
        name: max(distance(SIDE.optimise, spec, spec.filled("keras")).values())
        for name, spec in (("adam", of("adam")), ("sgd", of("sgd", momentum=0.9)))
    }
    assert apart["adam"] > 1e-6 > apart["sgd"]


def test_the_fused_adam_is_kerass_to_rounding() -> None:
    start, gradients = keras.random.normal((64, 32), seed=1), [keras.random.normal((64, 32), seed=n) for n in range(5)]
    moved = []
    for optimiser in (make_optimiser(of("adam", learning_rate=1e-3)), keras.optimizers.Adam(1e-3)):
        parameter = keras.Variable(start)
        optimiser.build([parameter])
        for gradient in gradients:
            optimiser.apply([gradient])
        moved.append([parameter, *optimiser.variables])
    for one, other in zip(*moved, strict=True):
        # A few units in the last place of values of about 1, in each of five steps.
        assert one.numpy() == pytest.approx(other.numpy(), abs=2e-6, rel=1e-5)


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
def test_the_state_is_in_the_variables(form: OptimiserSettings) -> None:
    parameters = [keras.Variable([1.0, 1.0, 1.0]) for _ in range(2)]
    optimisers = [make_optimiser(form) for _ in range(3)]
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
