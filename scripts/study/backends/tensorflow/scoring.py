"""Class scores in inference mode."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

import tensorflow as tf
from study.backends.tensorflow.connect import connect
from study.backends.tensorflow.data import DeviceData
from study.backends.tensorflow.weights import trained_network
from study.data.splits import SCORING_BATCH, Indices, Split
from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec


def make_scorer(spec: RunSpec, cache: TensorCache, parameters: Path) -> Callable[[Split], npt.NDArray[np.float32]]:
    """Return a function for the logits of all images of a split, by a run's network with the parameters in a file."""
    network, data = connect(trained_network(spec, parameters), spec, cache)
    return Scorer(network.entered, data).all_scores


class Scorer:
    """Gives the logits of a model for images of a run's data."""

    def __init__(self, model: keras.Model, data: DeviceData) -> None:
        self.model = model
        self.data = data
        # Made once here: a tf.function made in every call would be traced in every call.
        self._forward = tf.function(self._logits)

    def scores(self, split: Split, indices: Indices) -> npt.NDArray[np.float32]:
        """Return the logits of images in inference mode, float32 [images, classes]."""
        starts = range(0, len(indices), SCORING_BATCH)
        picked = (self.data.pick(split, indices[s : s + SCORING_BATCH]) for s in starts)
        return np.concatenate([self._forward(split, tf.constant(p)).numpy() for p in picked])

    def all_scores(self, split: Split) -> npt.NDArray[np.float32]:
        """Return the logits of all images of a split, float32 [images, classes]."""
        return self.scores(split, np.arange(len(self.data.labels[split])))

    def _logits(self, split: Split, picked: tf.Tensor) -> tf.Tensor:
        return tf.cast(self.model(self.data.images(split, picked), training=False), tf.float32)
