import numpy as np
import pytest

from study.data.fractions import pillow_fractions
from study.data.resize import resize


@pytest.mark.parametrize("size", [64, 96, 128, 160, 224, 256])
def test_products_with_whole_numbers_round_as_pillow_does(size: int) -> None:
    fractions = pillow_fractions(32, size)
    assert fractions is not None
    images = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    images[0] = 255 * (images[0] > 127)
    numerators, denominator = fractions.numerators, fractions.denominator
    wide = np.floor((np.einsum("Ww,nhwc->nhWc", numerators, images) + denominator // 2) / denominator)
    whole = np.floor((np.einsum("Hh,nhWc->nHWc", numerators, wide) + denominator // 2) / denominator)
    np.testing.assert_array_equal(whole, resize(images, size, "pillow"))


@pytest.mark.parametrize("size", [33, 48, 63, 192, 227])
def test_sizes_at_which_pillow_rounds_in_another_way_are_not_done_by_products(size: int) -> None:
    assert pillow_fractions(32, size) is None
