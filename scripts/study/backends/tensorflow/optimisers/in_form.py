"""What optimisers of our own formulas share."""

import keras

import tensorflow as tf
from study.recipe.optimiser import OptimiserSettings


class InForm(keras.optimizers.Optimizer):  # type: ignore[misc]
    """An optimiser with its constants in each variable's own type."""

    slots: tuple[str, ...] = ()
    """Names of the variables that it keeps for each of the network's."""

    def __init__(self, spec: OptimiserSettings) -> None:
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
