"""Features from the frozen part of a TensorFlow network."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import tensorflow as tf
from study.backends.tensorflow.cut import cut
from study.backends.tensorflow.data import DeviceData
from study.backends.tensorflow.weights import initial_network
from study.data.feature_cache import Extractor
from study.data.splits import Indices, Split
from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec


def make_extractor(spec: RunSpec, cache: TensorCache, weights: Path | None) -> Extractor:
    """Return the frozen part of a run's network; ``weights`` is the file that the run's settings ask for."""
    frozen = cut(initial_network(spec, weights)).frozen
    data = DeviceData(spec.input, cache)

    @tf.function  # type: ignore[untyped-decorator]
    def features(split: Split, picked: tf.Tensor) -> tf.Tensor:
        return frozen(data.images(split, picked), training=False)

    def compute(split: Split, indices: Indices) -> npt.NDArray[Any]:
        values: npt.NDArray[Any] = features(split, tf.constant(data.pick(split, indices))).numpy()
        return values.view(np.uint16) if values.dtype.name == "bfloat16" else values

    kind = features("test", tf.constant(data.pick("test", np.arange(1)))).dtype.name
    return Extractor(compute, kind, spec.precision)
