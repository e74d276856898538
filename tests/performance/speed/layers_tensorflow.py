"""The shapes of a Keras network's layers."""

import math

import keras

from performance.speed.arithmetic import Layer


def layers_of(model: keras.Model) -> list[Layer]:
    """Convolutions and dense layers in the model's order, in which they compute."""
    return [
        Layer(
            weights=math.prod(layer.kernel.shape),
            parameters=layer.count_params(),
            positions=math.prod(layer.output.shape[1:-1]),
            trainable=layer.trainable,
        )
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D | keras.layers.Dense)
    ]
