import numpy as np
import pytest

import tensorflow as tf
from study.data.resize import resize


@pytest.mark.parametrize(("source", "size"), [(32, 63), (32, 64), (32, 100), (32, 224), (32, 227), (8, 32)])
def test_the_float_rule_equals_tensorflows_bilinear_resize(source, size):
    images = np.random.default_rng(2).integers(0, 256, (4, source, source, 3), dtype=np.uint8)
    expected = tf.image.resize(images, (size, size), method="bilinear", antialias=False).numpy()
    # TensorFlow computes positions in float32: at 16 to 32 they are off by up to 4e-6 in each
    # direction, times a step of up to 255 per pixel
    np.testing.assert_allclose(resize(images, size, "float"), expected, rtol=0, atol=2e-3)
