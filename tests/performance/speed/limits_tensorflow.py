"""The best that TensorFlow reaches on this machine in each precision, and in moving memory."""

import time
from collections.abc import Callable

import tensorflow as tf
from performance.speed.limits import (
    CHANNELS,
    CONVOLUTION_FLOPS,
    COPIED_BYTES,
    IMAGES,
    PIXELS,
    PRECISIONS,
    PRODUCT,
    PRODUCT_FLOPS,
)
from performance.speed.sides import Call, Side, Task, Timed


def prepare(call: Call) -> Side:
    """A product and a convolution per precision, and an addition in place, which moves three arrays."""
    tf.config.experimental.enable_tensor_float_32_execution(False)

    def task(work: float, make: Callable[[], Callable[[], tf.Tensor]]) -> Task:
        """The fastest of some repeats of what ``make`` gives, which is called when it is needed first."""

        def run(repeats: int) -> Timed:
            once, seconds = make(), []
            # A value is read, so that a GPU has finished.
            graph = tf.function(lambda: tf.reshape(once(), [-1])[-1])
            for _ in range(repeats + 1):
                began = time.perf_counter()
                graph().numpy()
                seconds.append(time.perf_counter() - began)
            return Timed(work, min(seconds[1:]))

        return run

    def values(kind: str, *shape: int) -> tf.Tensor:
        return tf.cast(tf.random.uniform(shape), kind)

    def product(kind: str) -> Callable[[], tf.Tensor]:
        one, other = values(kind, PRODUCT, PRODUCT), values(kind, PRODUCT, PRODUCT)
        return lambda: one @ other

    def convolution(kind: str) -> Callable[[], tf.Tensor]:
        images, kernel = values(kind, IMAGES, PIXELS, PIXELS, CHANNELS), values(kind, 3, 3, CHANNELS, CHANNELS)
        return lambda: tf.nn.conv2d(images, kernel, 1, "SAME")

    def addition() -> Callable[[], tf.Tensor]:
        source, target = tf.ones(COPIED_BYTES // 4), tf.Variable(tf.ones(COPIED_BYTES // 4))
        return lambda: target.assign_add(source)

    tasks = {"copy": task(3 * COPIED_BYTES, addition)}
    for precision in PRECISIONS:
        tasks[f"product:{precision}"] = task(PRODUCT_FLOPS, lambda kind=precision: product(kind))
        tasks[f"convolution:{precision}"] = task(CONVOLUTION_FLOPS, lambda kind=precision: convolution(kind))
    return Side(tasks)
