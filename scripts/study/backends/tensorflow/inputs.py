"""From stored images to a network's input, on the device."""

import numpy as np

import tensorflow as tf
from study.data.resize import PRECISION_BITS, axis_weights
from study.data.scaling import SCALINGS
from study.recipe.data import InputSpec


class Preparation:
    """Resizes and scales images: [N, h, w, 3] uint8 or float32 to [N, S, S, 3] float32.

    The arithmetic is that of ``study.data.resize`` and ``study.data.scaling``, step by step.
    """

    def __init__(self, spec: InputSpec, stored_size: int) -> None:
        self.rule = spec.resize if spec.size != stored_size else None
        self.axis_weights = axis_weights(stored_size, spec.size)
        scaling = SCALINGS[spec.scaling]
        self.reverse_channels = scaling.reverse_channels
        # A row of pixels, not one pixel: TensorFlow is slow at repeating as few as three values.
        mean, deviation = (np.tile(values, (spec.size, 1)) for values in (scaling.mean, scaling.deviation))
        # Variables, not constants: TensorFlow's graphs would multiply by the rounded reciprocal of a constant.
        self.divisor, self.mean, self.deviation = (
            tf.Variable(value, dtype=tf.float32, trainable=False) for value in (scaling.divisor, mean, deviation)
        )
        # Compiled, each is one pass over memory; not tried on GPUs. Two passes, not one: the compiler would fuse a
        # product with a following sum, which rounds once where two roundings are required.
        compiled = not tf.config.get_visible_devices("GPU")
        self._rises = tf.function(self._rises_along, jit_compile=compiled)
        self._scaled = tf.function(self._raised_and_scaled, jit_compile=compiled)

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        """Prepare a batch."""
        if self.rule == "float":
            wide = tf.cast(images, tf.float32)
            wide = tf.gather(wide, self.axis_weights.low, axis=2) + self._rises(wide, 2)
            return self._scaled(wide, self._rises(wide, 1))
        values = images
        if self.rule == "pillow":
            values = self._round_pass(self._round_pass(tf.cast(values, tf.int32), 2), 1)
        return self._scaled(tf.cast(values, tf.float32), None)

    def _round_pass(self, values: tf.Tensor, axis: int) -> tf.Tensor:
        low, high = (
            tf.gather(values, self.axis_weights.low, axis=axis),
            tf.gather(values, self.axis_weights.high, axis=axis),
        )
        weighted = low * _along(self.axis_weights.fixed_low, axis) + high * _along(self.axis_weights.fixed_high, axis)
        return tf.bitwise.right_shift(weighted + (1 << (PRECISION_BITS - 1)), PRECISION_BITS)

    def _rises_along(self, values: tf.Tensor, axis: int) -> tf.Tensor:
        """Return what the ``float`` rule adds to each position's lower source."""
        low, high = (
            tf.gather(values, self.axis_weights.low, axis=axis),
            tf.gather(values, self.axis_weights.high, axis=axis),
        )
        return (high - low) * _along(self.axis_weights.weight, axis)

    def _raised_and_scaled(self, values: tf.Tensor, rises: tf.Tensor | None) -> tf.Tensor:
        """Return scaled pixel values; with ``rises``, those of the rows' lower sources plus these."""
        if rises is not None:
            values = tf.gather(values, self.axis_weights.low, axis=1) + rises
        if self.reverse_channels:
            values = tf.reverse(values, axis=[-1])
        return (values / self.divisor - self.mean) / self.deviation


def _along(weights: tf.Tensor, axis: int) -> tf.Tensor:
    """Return weights of rows (axis 1) or columns (axis 2), shaped to multiply [N, height, width, channels]."""
    return tf.reshape(weights, (-1, 1, 1) if axis == 1 else (-1, 1))
