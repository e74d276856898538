"""Stochastic gradient descent in TensorFlow (Keras)."""

import keras

import tensorflow as tf
from study.backends.tensorflow.optimisers.in_form import InForm
from study.recipe.optimisers.sgd import Sgd


def make(spec: Sgd) -> keras.optimizers.Optimizer:
    """Keras' own where everything is left to it, one of this module's where anything is set."""
    return keras.optimizers.SGD(spec.learning_rate, momentum=spec.momentum) if spec.is_native else SgdInForm(spec)


class SgdInForm(InForm):
    """SGD with the rate inside or outside the velocity."""

    slots = ("velocity",)

    def __init__(self, spec: Sgd) -> None:
        super().__init__(spec)
        self.momentum = spec.momentum
        self.rate_inside = spec.momentum_form == "rate_inside"

    def update(self, variable: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor, *kept: keras.Variable) -> None:
        """Move one variable, given its velocity."""
        (velocity,) = kept
        momentum = tf.constant(self.momentum, variable.dtype)
        inside, outside = (rate, 1) if self.rate_inside else (1, rate)
        velocity.assign(momentum * velocity.value + inside * gradient)
        variable.assign_sub(outside * velocity.value)
