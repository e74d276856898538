"""The optimiser of a run in TensorFlow (Keras): each kind is a file in ``optimisers``, found by name."""

from importlib import import_module

import keras

from study.recipe.optimiser import OptimiserSettings
from study.recipe.run import RunSpec


def build_optimiser(spec: RunSpec) -> keras.optimizers.Optimizer:
    """Return the run's optimiser; float16 gradients are scaled so that small ones do not vanish."""
    optimiser = make_optimiser(spec.optimiser)
    return keras.optimizers.LossScaleOptimizer(optimiser) if spec.precision == "float16" else optimiser


def make_optimiser(spec: OptimiserSettings) -> keras.optimizers.Optimizer:
    """An optimiser."""
    optimiser = spec.name
    return import_module(f"study.backends.tensorflow.optimisers.{optimiser}").make(spec)
