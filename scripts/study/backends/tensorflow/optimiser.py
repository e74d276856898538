"""The optimiser of a run in TensorFlow (Keras): each kind is a file in ``optimisers``, by its name."""

import keras

from study.recipe.optimisers import Optimiser
from study.recipe.run import RunSpec
from study.registry import entry


def build_optimiser(spec: RunSpec) -> keras.optimizers.Optimizer:
    """The run's optimiser; float16 gradients are scaled so that small ones do not vanish."""
    optimiser = make_optimiser(spec.optimiser)
    return keras.optimizers.LossScaleOptimizer(optimiser) if spec.precision == "float16" else optimiser


def make_optimiser(spec: Optimiser) -> keras.optimizers.Optimizer:
    """An optimiser."""
    return entry("backends.tensorflow.optimisers", spec.name).make(spec)
