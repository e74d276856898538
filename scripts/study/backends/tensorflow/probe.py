"""One convolution in TensorFlow."""

import tensorflow as tf
from study.backends.tensorflow.device import describe, set_up, why_no_gpu
from study.machine.devices import Device
from study.machine.gpu_choice import Selection
from study.machine.probe import CHANNELS, FILTERS, IMAGES, KERNEL, SIZE, check_convolution, convolution_failed


def probe(selection: Selection, threads: int) -> Device:
    """Compute it forward and backward on what a training would use; StudyError if that cannot be, or goes wrong."""
    selection.check(why_no_gpu())
    set_up(threads, "float32")
    try:
        images = tf.ones([IMAGES, SIZE, SIZE, CHANNELS])
        weights = tf.Variable(tf.ones([KERNEL, KERNEL, CHANNELS, FILTERS]))
        with tf.GradientTape() as tape:
            scores = tf.nn.conv2d(images, weights, strides=1, padding="VALID")
            total = tf.reduce_sum(scores)
        check_convolution(scores.numpy(), tape.gradient(total, weights).numpy())
    except tf.errors.OpError as error:
        raise convolution_failed(error) from error
    return describe(selection.card)
