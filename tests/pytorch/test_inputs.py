import numpy as np
import pytest
import torch

from study.backends.pytorch.inputs import Preparation
from study.data.resize import resize
from study.data.scaling import SCALINGS, scale
from study.recipe.data import InputSpec
from support.tiny import random_images


@pytest.mark.parametrize("rule", ["pillow", "float"])
@pytest.mark.parametrize("size", [32, 63, 224, 227])
def test_resizing_on_the_device_gives_the_bytes_of_the_resized_store(rule: str, size: int) -> None:
    images = random_images(3, 32, seed=0)
    spec = InputSpec(size=size, resize=rule)
    on_device = Preparation(spec, 32, torch.device("cpu"))(torch.from_numpy(images))
    stored = torch.from_numpy(resize(images, size, rule))
    from_store = Preparation(spec, size, torch.device("cpu"))(stored)
    assert on_device.shape == (3, 3, size, size)
    assert torch.equal(on_device, from_store)


@pytest.mark.parametrize("scaling", list(SCALINGS))
def test_scaling_on_the_device_is_the_scaling_of_the_library(scaling: str) -> None:
    images = random_images(2, 8, seed=1)
    spec = InputSpec(size=8, scaling=scaling)
    prepared = Preparation(spec, 8, torch.device("cpu"))(torch.from_numpy(images)).permute(0, 2, 3, 1).numpy()
    np.testing.assert_array_equal(prepared, scale(images, scaling))
