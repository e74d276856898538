"""What mirrored training images must come to, in every framework."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from study.data.tensor_cache import TensorCache
from study.training.loop import Trainer
from study.training.randomness import epoch_flips
from support.tiny import cache


def check_mirroring(make_trainer: Callable[[TensorCache], Trainer]) -> None:
    """An epoch with mirrored images equals, to the bit, one whose images are stored so; scoring mirrors none.

    Each trainer is made just before it trains, since dropout may draw from a generator that all share.
    """
    images, order = cache(), np.arange(63, -1, -1)
    mirrored = epoch_flips(64, seed=3, epoch=1)
    stored = np.where(mirrored[:, None, None, None], images.train.images[:, :, ::-1], images.train.images)
    flips = make_trainer(images)
    score = flips.train_epoch(order, 1e-3, lambda _: None, mirrored[order])
    plain = make_trainer(replace(images, train=replace(images.train, images=stored)))
    assert plain.train_epoch(order, 1e-3, lambda _: None) == score
    for name, array in flips.parameters().items():
        assert np.array_equal(array, plain.parameters()[name]), name
    assert flips.score("test", np.arange(32)) == plain.score("test", np.arange(32))
    assert flips.score("train", np.arange(64)) != plain.score("train", np.arange(64))
