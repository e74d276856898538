"""A run's images or their features, and labels, as TensorFlow takes them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

import tensorflow as tf
from study.backends.tensorflow.inputs import Preparation
from study.data.splits import Indices, Split
from study.data.tensor_cache import TensorCache, read_rows
from study.recipe.data import InputSpec


class DeviceData:
    """Batches of prepared images, or of features, on a device, and labels.

    Images of a native cache go to the device once, in 8 bits; resized images and features stay on disk and are read
    batch by batch.
    """

    def __init__(self, spec: InputSpec, cache: TensorCache) -> None:
        self.stored = {"train": cache.train.images, "test": cache.test.images}
        self.resident: dict[str, tf.Tensor] = {}
        if cache.manifest["store"] == "native":
            self.resident = {split: tf.constant(images) for split, images in self.stored.items()}
        self.labels = {"train": np.array(cache.train.labels), "test": np.array(cache.test.labels)}
        if cache.holds_features:
            self.prepare: Callable[[tf.Tensor], tf.Tensor] = _reader(cache.manifest["dtype"])
        else:
            self.prepare = Preparation(spec, cache.train.images.shape[1])

    def pick(self, split: Split, indices: Indices) -> npt.NDArray[Any]:
        """Return what ``images`` needs from outside the graph: indices of resident images, or the images themselves."""
        return indices if self.resident else read_rows(self.stored[split], indices)

    def images(self, split: Split, picked: tf.Tensor, draws: Mapping[str, tf.Tensor] | None = None) -> tf.Tensor:
        """Return prepared images, float32 [N, S, S, 3], or features as they were computed; may be traced into a graph.

        Stored images are changed as ``draws`` says.
        """
        stored = tf.gather(self.resident[split], picked) if self.resident else picked
        if draws and "mirrored" in draws:
            stored = tf.where(tf.reshape(draws["mirrored"], (-1, 1, 1, 1)), tf.reverse(stored, axis=[2]), stored)
        return self.prepare(stored)


def _reader(dtype: str) -> Callable[[tf.Tensor], tf.Tensor]:
    """Return a function that restores the type of stored features: NumPy has no bfloat16."""

    def read(stored: tf.Tensor) -> tf.Tensor:
        return tf.bitcast(stored, tf.bfloat16) if dtype == "bfloat16" else stored

    return read
