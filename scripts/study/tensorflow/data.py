"""A run's images and labels where TensorFlow can use them."""

from typing import Any

import numpy as np
import numpy.typing as npt

import tensorflow as tf
from study.spec.data import InputSpec
from study.tensorflow.inputs import Preparation
from study.tensors.cache import TensorCache
from study.tensors.splits import Indices, Split


class DeviceData:
    """Batches of prepared images on a device, and labels.

    Images of a native cache go to the device once, in 8 bits; resized ones stay on disk and come batch by batch.
    """

    def __init__(self, spec: InputSpec, cache: TensorCache) -> None:
        self.stored = {"train": cache.train.images, "test": cache.test.images}
        self.resident: dict[str, tf.Tensor] = {}
        if cache.manifest["store"] == "native":
            self.resident = {split: tf.constant(images) for split, images in self.stored.items()}
        self.labels = {"train": np.array(cache.train.labels), "test": np.array(cache.test.labels)}
        self.prepare = Preparation(spec, cache.train.images.shape[1])

    def pick(self, split: Split, indices: Indices) -> npt.NDArray[Any]:
        """What ``images`` needs from outside the graph: indices of resident images, or the images themselves."""
        return indices if self.resident else self.stored[split][indices]

    def images(self, split: Split, picked: tf.Tensor) -> tf.Tensor:
        """Prepared images, float32 [N, S, S, 3]; may be traced into a graph."""
        return self.prepare(tf.gather(self.resident[split], picked) if self.resident else picked)
