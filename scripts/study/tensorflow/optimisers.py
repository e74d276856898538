"""Optimisers in TensorFlow (Keras), from their specifications."""

import keras

from study.spec.training import Adam, RunSpec


def build_optimiser(spec: RunSpec) -> keras.optimizers.Optimizer:
    """The framework's own optimiser; float16 gradients are scaled so that small ones do not vanish."""
    if isinstance(spec.optimiser, Adam):
        inner = keras.optimizers.Adam(spec.optimiser.learning_rate)
    else:
        inner = keras.optimizers.SGD(spec.optimiser.learning_rate, momentum=spec.optimiser.momentum)
    return keras.optimizers.LossScaleOptimizer(inner) if spec.precision == "float16" else inner
