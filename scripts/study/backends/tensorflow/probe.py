"""One convolution in TensorFlow."""

from typing import Any

import numpy.typing as npt

import tensorflow as tf
from study.machine.probe import CHANNELS, FILTERS, IMAGES, KERNEL, SIZE, convolution_failed


def convolve() -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return its results, and the gradient of their sum by the weights; raise StudyError if it fails."""
    try:
        images = tf.ones([IMAGES, SIZE, SIZE, CHANNELS])
        weights = tf.Variable(tf.ones([KERNEL, KERNEL, CHANNELS, FILTERS]))
        with tf.GradientTape() as tape:
            scores = tf.nn.conv2d(images, weights, strides=1, padding="VALID")
            total = tf.reduce_sum(scores)
        return scores.numpy(), tape.gradient(total, weights).numpy()
    except tf.errors.OpError as error:
        raise convolution_failed(error) from error
