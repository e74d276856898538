"""What the catalogue says of torchvision's published parameters is what torchvision says."""

import pytest
from torch import nn
from torchvision.models import get_model, get_model_weights

from study.data.scaling import SCALINGS
from study.recipe.shapes import CATALOGUE

MODELS = [model for library, model in CATALOGUE if library == "torchvision"]


@pytest.mark.parametrize("model", MODELS)
def test_published_parameters_expect_what_the_catalogue_says(model: str) -> None:
    entry = CATALOGUE["torchvision", model]
    scaling = SCALINGS[entry.scaling]
    assert (scaling.divisor, scaling.reverse_channels) == (255.0, False)  # what torchvision's transforms begin with
    for weights in get_model_weights(model):
        if weights.name.startswith("IMAGENET1K_V"):  # all but VGG16's from another framework, without a classifier
            transforms = weights.transforms()
            assert (tuple(transforms.mean), tuple(transforms.std)) == (scaling.mean, scaling.deviation)
            assert transforms.crop_size == [entry.trained_size]


@pytest.mark.parametrize("model", MODELS)
def test_networks_have_batch_norm_where_the_catalogue_says(model: str) -> None:
    found = any(isinstance(layer, nn.BatchNorm2d) for layer in get_model(model, weights=None).modules())
    assert found == CATALOGUE["torchvision", model].batch_norm
