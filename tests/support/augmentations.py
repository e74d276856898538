"""What changed training images must come to, in every framework."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from study.data.tensor_cache import TensorCache
from study.training.augmentation import BY_NAME, Draws, draws_at, epoch_draws
from study.training.loop import Trainer
from support.tiny import cache

CHANGES: Mapping[str, Callable[[Any, Draws], Any]] = {
    "flips": lambda images, draws: np.where(draws["mirrored"][:, None, None, None], images[:, :, ::-1], images),
}
"""What each augmentation makes of stored images, uint8 [N, H, W, 3], by NumPy."""


def check_augmentation(name: str, make_trainer: Callable[[TensorCache], Trainer]) -> None:
    """An epoch with changed images equals, to the bit, one whose images are stored so; scoring changes none.

    Each trainer is made just before it trains, since dropout may draw from a generator that all share.
    """
    assert {*CHANGES, "none"} == {*BY_NAME}
    images, order = cache(), np.arange(63, -1, -1)
    draws = epoch_draws(name, 64, seed=3, epoch=1)
    stored = CHANGES[name](images.train.images, draws)
    changed = make_trainer(images)
    score = changed.train_epoch(order, 1e-3, lambda _: None, draws_at(draws, order))
    plain = make_trainer(replace(images, train=replace(images.train, images=stored)))
    assert plain.train_epoch(order, 1e-3, lambda _: None) == score
    for variable, array in changed.parameters().items():
        assert np.array_equal(array, plain.parameters()[variable]), variable
    assert changed.score("test", np.arange(32)) == plain.score("test", np.arange(32))
    assert changed.score("train", np.arange(64)) != plain.score("train", np.arange(64))
