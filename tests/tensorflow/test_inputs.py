import numpy as np
import pytest

import tensorflow as tf
from study.backends.tensorflow.inputs import Preparation
from study.data.resize import resize
from study.data.scaling import SCALINGS, scale
from study.recipe.data import InputSpec
from support.tiny import random_images


@pytest.mark.parametrize("rule", ["pillow", "float"])
@pytest.mark.parametrize("size", [32, 63, 224, 227])
def test_resizing_on_the_device_gives_the_bytes_of_the_resized_store(rule: str, size: int) -> None:
    images = random_images(3, 32, seed=0)
    spec = InputSpec(size=size, resize=rule)
    on_device = tf.function(Preparation(spec, 32))(tf.constant(images))
    stored = tf.constant(resize(images, size, rule))
    from_store = tf.function(Preparation(spec, size))(stored)
    assert on_device.shape == (3, size, size, 3)
    np.testing.assert_array_equal(on_device.numpy(), from_store.numpy())


@pytest.mark.parametrize("scaling", list(SCALINGS))
def test_scaling_on_the_device_is_the_scaling_of_the_library(scaling: str) -> None:
    images = random_images(2, 8, seed=1)
    spec = InputSpec(size=8, scaling=scaling)
    prepared = tf.function(Preparation(spec, 8))(tf.constant(images)).numpy()
    np.testing.assert_array_equal(prepared, scale(images, scaling))
