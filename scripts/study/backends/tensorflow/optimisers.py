"""Optimisers in TensorFlow (Keras), from their specifications."""

import keras

import tensorflow as tf
from study.recipe.optimisers import Adam, Optimiser, Sgd
from study.recipe.run import RunSpec


def build_optimiser(spec: RunSpec) -> keras.optimizers.Optimizer:
    """The run's optimiser; float16 gradients are scaled so that small ones do not vanish."""
    optimiser = make_optimiser(spec.optimiser)
    return keras.optimizers.LossScaleOptimizer(optimiser) if spec.precision == "float16" else optimiser


def make_optimiser(spec: Optimiser) -> keras.optimizers.Optimizer:
    """Keras' own optimiser where everything is left to it, one of this module's where anything is set.

    Keras rounds its own constants to float32 and knows only its own formulas.
    """
    if isinstance(spec, Adam):
        return FusedAdam(spec.learning_rate) if spec.is_native else AdamInForm(spec)
    return keras.optimizers.SGD(spec.learning_rate, momentum=spec.momentum) if spec.is_native else SgdInForm(spec)


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


class _InForm(keras.optimizers.Optimizer):  # type: ignore[misc]
    """An optimiser with its constants in each variable's own type."""

    slots: tuple[str, ...] = ()
    """Names of the variables that it keeps for each of the network's."""

    def __init__(self, spec: Optimiser) -> None:
        super().__init__(learning_rate=spec.learning_rate)
        self.decay = spec.weight_decay or 0.0
        self.coupled = spec.decay_form == "coupled"

    def build(self, variables: list[keras.Variable]) -> None:
        """Make the optimiser's own variables, all 0."""
        if not self.built:
            super().build(variables)
            self.kept = [self.add_optimizer_variables(variables, slot) for slot in self.slots]

    def update_step(self, gradient: tf.Tensor, variable: tf.Variable, learning_rate: tf.Tensor) -> None:
        """Move one variable."""
        rate, decay = tf.cast(learning_rate, variable.dtype), tf.constant(self.decay, variable.dtype)
        if self.coupled:
            gradient = gradient + decay * variable
        elif self.decay:
            variable.assign(variable * (1 - rate * decay))
        index = self._get_variable_index(variable)
        self.update(variable, gradient, rate, *(variables[index] for variables in self.kept))

    def update(self, variable: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor, *kept: keras.Variable) -> None:
        """Move one variable, given the variables that are kept for it."""
        raise NotImplementedError


class AdamInForm(_InForm):
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


class SgdInForm(_InForm):
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
