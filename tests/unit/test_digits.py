import itertools

import numpy as np
import pytest
from sklearn.datasets import load_digits

from study.data.digits import read_digits, split_indices


@pytest.mark.parametrize(("part", "train", "test"), [("main", 800, 297), ("pretraining", 600, 100)])
def test_parts_have_their_sizes_and_shapes(part, train, test):
    dataset = read_digits(part)
    for split, count in ((dataset.train, train), (dataset.test, test)):
        assert split.images.shape == (count, 32, 32, 3)
        assert split.images.dtype == np.uint8
        assert split.labels.shape == (count,)
        assert split.labels.dtype == np.int64
        assert set(split.labels.tolist()) == set(range(10))
    assert dataset.class_names == tuple("0123456789")


def test_all_four_sets_are_disjoint_and_cover_the_source():
    sets = [set(indices.tolist()) for part in ("main", "pretraining") for indices in split_indices(part)]
    assert all(one.isdisjoint(other) for one, other in itertools.combinations(sets, 2))
    assert set().union(*sets) == set(range(1797))


def test_pixels_are_the_sources_in_full_range_repeated_four_times():
    source = load_digits()
    index = split_indices("main")[0][0]
    dataset = read_digits("main")
    image = dataset.train.images[0]
    assert dataset.train.labels[0] == source.target[index]
    for channel in range(3):
        for row, column in itertools.product(range(4), range(4)):
            np.testing.assert_array_equal(
                image[row::4, column::4, channel], np.rint(source.images[index] * 255 / 16).astype(np.uint8)
            )
    assert dataset.train.images.max() == 255


def test_the_permutation_is_the_one_that_results_were_made_with():
    assert split_indices("main")[0][:5].tolist() == [405, 1444, 266, 1223, 1337]
