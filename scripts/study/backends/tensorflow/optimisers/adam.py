"""Adam in TensorFlow (Keras)."""

import keras

import tensorflow as tf
from study.backends.tensorflow.optimisers.in_form import InForm
from study.recipe.optimisers.adam import Adam


def make(spec: Adam) -> keras.optimizers.Optimizer:
    """Keras' own where everything is left to it, one of this module's where anything is set.

    Keras rounds its own constants to float32 and knows only its own formulas.
    """
    return FusedAdam(spec.learning_rate) if spec.is_native else AdamInForm(spec)


class FusedAdam(keras.optimizers.Adam):  # type: ignore[misc]
    """Keras' Adam, whose formula is that of TensorFlow's kernel, in one pass over the memory instead of a dozen."""

    def update_step(self, gradient: tf.Tensor, variable: tf.Variable, learning_rate: tf.Tensor) -> None:
        """Move one variable."""
        kind = variable.dtype
        if kind != tf.float32:  # there, Keras rounds some constants to float32 and others not
            super().update_step(gradient, variable, learning_rate)
            return
        index = self._get_variable_index(variable)
        beta_1, beta_2, epsilon = (tf.constant(value, kind) for value in (self.beta_1, self.beta_2, self.epsilon))
        step = tf.cast(self.iterations + 1, kind)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=beta_1**step,
            beta2_power=beta_2**step,
            lr=tf.cast(learning_rate, kind),
            beta1=beta_1,
            beta2=beta_2,
            epsilon=epsilon,
            grad=gradient,
        )


class AdamInForm(InForm):
    """Adam with epsilon where the specification puts it: Kingma & Ba 2015, Algorithm 1 or the end of section 2."""

    slots = ("momentum", "velocity")

    def __init__(self, spec: Adam) -> None:
        super().__init__(spec)
        self.epsilon = spec.adam_epsilon
        self.before_correction = spec.epsilon_placement == "before_correction"

    def update(self, variable: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor, *kept: keras.Variable) -> None:
        """Move one variable, given its first and second moment."""
        first, second = kept
        kind = variable.dtype
        beta_1, beta_2, epsilon = (tf.constant(value, kind) for value in (0.9, 0.999, self.epsilon))
        step = tf.cast(self.iterations + 1, kind)
        first.assign(beta_1 * first.value + (1 - beta_1) * gradient)
        second.assign(beta_2 * second.value + (1 - beta_2) * gradient**2)
        mean_correction, root_correction = 1 - beta_1**step, tf.sqrt(1 - beta_2**step)
        if self.before_correction:
            denominator = (tf.sqrt(second.value) + epsilon) / root_correction
        else:
            denominator = tf.sqrt(second.value) / root_correction + epsilon
        variable.assign_sub(rate / mean_correction * first.value / denominator)
