"""From stored images to a network's input, on the device."""

import tensorflow as tf
from study.spec.data import InputSpec
from study.tensors.resize import PRECISION_BITS, taps
from study.tensors.scaling import SCALINGS


class Preparation:
    """Resizes and scales images: [N, h, w, 3] uint8 or float32 to [N, S, S, 3] float32.

    The arithmetic is that of ``study.tensors.resize`` and ``study.tensors.scaling``, step by step.
    """

    def __init__(self, spec: InputSpec, stored_size: int) -> None:
        self.rule = spec.resize if spec.size != stored_size else None
        self.taps = taps(stored_size, spec.size)
        scaling = SCALINGS[spec.scaling]
        self.reverse_channels = scaling.reverse_channels
        # Variables, not constants: by a constant, TensorFlow's graphs multiply with the rounded reciprocal.
        self.divisor, self.mean, self.deviation = (
            tf.Variable(value, dtype=tf.float32, trainable=False)
            for value in (scaling.divisor, scaling.mean, scaling.deviation)
        )

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        """Prepare a batch."""
        values = images
        if self.rule == "pillow":
            values = self._round_pass(self._round_pass(tf.cast(values, tf.int32), 2), 1)
        elif self.rule == "float":
            values = self._float_pass(self._float_pass(tf.cast(values, tf.float32), 2), 1)
        values = tf.cast(values, tf.float32)
        if self.reverse_channels:
            values = tf.reverse(values, axis=[-1])
        return (values / self.divisor - self.mean) / self.deviation

    def _round_pass(self, values: tf.Tensor, axis: int) -> tf.Tensor:
        low, high = tf.gather(values, self.taps.low, axis=axis), tf.gather(values, self.taps.high, axis=axis)
        weighted = low * _along(self.taps.fixed_low, axis) + high * _along(self.taps.fixed_high, axis)
        return tf.bitwise.right_shift(weighted + (1 << (PRECISION_BITS - 1)), PRECISION_BITS)

    def _float_pass(self, values: tf.Tensor, axis: int) -> tf.Tensor:
        low, high = tf.gather(values, self.taps.low, axis=axis), tf.gather(values, self.taps.high, axis=axis)
        return low + (high - low) * _along(self.taps.weight, axis)


def _along(weights: tf.Tensor, axis: int) -> tf.Tensor:
    """Weights of rows (axis 1) or columns (axis 2), shaped to multiply [N, height, width, channels]."""
    return tf.reshape(weights, (-1, 1, 1) if axis == 1 else (-1, 1))
