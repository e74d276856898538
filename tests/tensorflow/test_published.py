"""What the catalogue says of Keras' published parameters is what Keras does."""

from importlib import import_module

import keras
import numpy as np
import pytest

from study.data.scaling import scale
from study.recipe.shapes import CATALOGUE

MODELS = [model for library, model in CATALOGUE if library == "keras"]


@pytest.mark.parametrize("model", MODELS)
def test_published_parameters_expect_what_the_catalogue_says(model: str) -> None:
    entry = CATALOGUE["keras", model]
    pixels = np.random.default_rng(0).integers(0, 256, (2, 5, 5, 3)).astype(np.float32)
    module = import_module(getattr(keras.applications, model).__module__)
    expected = module.preprocess_input(pixels.copy())
    # One rounding of float32 more or less, at values up to 152 ("caffe").
    np.testing.assert_allclose(scale(pixels, entry.scaling), expected, rtol=0, atol=2e-5)
    # The published parameters with their top are for one size only, which Keras names before it fetches anything.
    size = entry.trained_size
    with pytest.raises(ValueError, match=rf"`input_shape` should be \({size}, {size}, 3\)"):
        getattr(keras.applications, model)(weights="imagenet", input_shape=(size + 1, size + 1, 3))


@pytest.mark.parametrize("model", MODELS)
def test_networks_have_batch_norm_where_the_catalogue_says(model: str) -> None:
    network = getattr(keras.applications, model)(weights=None, include_top=False, input_shape=(32, 32, 3))
    found = any(isinstance(layer, keras.layers.BatchNormalization) for layer in network.layers)
    assert found == CATALOGUE["keras", model].batch_norm
