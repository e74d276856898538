from typing import get_args

import numpy as np
import pytest
from PIL import Image

from study.data.resize import PRECISION_BITS, axis_weights, resize
from study.data.scaling import SCALINGS, scale
from study.recipe.data import InputSpec

SIZES = [(32, size) for size in (32, 63, 64, 96, 100, 112, 128, 192, 224, 227)] + [(8, 32), (5, 17), (1, 3)]


def varied_images(side):
    """Random images, and the ones where rounding and clipping show: all black, all white, black and white noise."""
    random = np.random.default_rng(side)
    images = random.integers(0, 256, (6, side, side, 3), dtype=np.uint8)
    images[0], images[1] = 0, 255
    images[2] = 255 * random.integers(0, 2, images[2].shape)
    return images


@pytest.mark.parametrize(("source", "size"), SIZES)
def test_the_pillow_rule_equals_pillow_in_all_values(source, size):
    images = varied_images(source)
    bilinear = Image.Resampling.BILINEAR
    expected = np.stack([np.asarray(Image.fromarray(image).resize((size, size), bilinear)) for image in images])
    resized = resize(images, size, "pillow")
    assert resized.dtype == np.uint8
    np.testing.assert_array_equal(resized, expected)


@pytest.mark.parametrize(("source", "size"), SIZES)
def test_the_float_rule_is_linear_interpolation_between_pixel_centres(source, size):
    images = varied_images(source)
    resized = resize(images, size, "float")
    assert resized.dtype == np.float32
    centres = (np.arange(size) + 0.5) * source / size - 0.5
    row, channel = images[3, :, :, 1].astype(np.float64), resized[3, :, :, 1]
    across = np.stack([np.interp(centres, np.arange(source), line) for line in row])
    expected = np.stack([np.interp(centres, np.arange(source), line) for line in across.T]).T
    # a few float32 roundings of values up to 255, each at most 1.5e-5
    np.testing.assert_allclose(channel, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("rule", ["pillow", "float"])
def test_the_same_size_changes_nothing(rule):
    images = varied_images(32)
    np.testing.assert_array_equal(resize(images, 32, rule), images)


def test_positions_stay_inside_the_image_and_weights_sum_to_one():
    for source, size in SIZES:
        axis = axis_weights(source, size)
        for array, dtype in (
            (axis.low, np.int32),
            (axis.high, np.int32),
            (axis.weight, np.float32),
            (axis.fixed_low, np.int32),
            (axis.fixed_high, np.int32),
        ):
            assert array.shape == (size,)
            assert array.dtype == dtype
        assert axis.low.min() >= 0
        assert axis.high.max() == source - 1
        assert set((axis.high - axis.low).tolist()) <= {0, 1}
        assert axis.weight.min() >= 0
        assert axis.weight.max() < 1
        # each of the two weights is rounded to a whole number
        assert np.abs(axis.fixed_low + axis.fixed_high - (1 << PRECISION_BITS)).max() <= 1


def test_shrinking_is_refused():
    with pytest.raises(ValueError, match="cannot enlarge 32 to 31"):
        axis_weights(32, 31)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("minus_one_to_one", (0.568627, -0.215686, -0.607843)),
        ("zero_to_one", (0.784314, 0.392157, 0.196078)),
        ("imagenet", (1.307047, -0.285014, -0.932985)),
        ("caffe", (-53.939, -16.779, 76.32)),
    ],
)
def test_scalings_give_what_the_networks_were_trained_with(name, expected):
    scaled = scale(np.full((1, 2, 2, 3), (200, 100, 50), dtype=np.uint8), name)
    assert scaled.shape == (1, 2, 2, 3)
    assert scaled.dtype == np.float32
    # the expected values have six digits; float32 at 76 has steps of 8e-6
    np.testing.assert_allclose(scaled[0, 1, 1], expected, rtol=0, atol=2e-5)


def test_every_scaling_of_the_configuration_is_there():
    assert set(get_args(InputSpec.model_fields["scaling"].annotation)) == set(SCALINGS)
