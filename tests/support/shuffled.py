"""What a training with shuffled labels must come to, in every framework."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec
from study.training.augmentation import NO_DRAWS
from study.training.loop import Trainer, fit, start
from study.training.randomness import shuffled_labels
from support.tiny import cache, run_spec


def check_labels(make_trainer: Callable[[TensorCache], Any]) -> None:
    """An epoch with others' labels equals, to the bit, one whose labels are stored so; scoring is by the true ones.

    Each trainer is made just before it trains, since dropout may draw from a generator that all share.
    """
    images, order, everything = cache(), np.arange(63, -1, -1), np.arange(64)
    sources = shuffled_labels(everything, 64, seed=3)
    stored = replace(images, train=replace(images.train, labels=images.train.labels[sources]))
    shuffled = make_trainer(images)
    score = shuffled.train_epoch(order, 1e-3, lambda _: None, labelled=sources[order])
    plain = make_trainer(stored)
    assert plain.train_epoch(order, 1e-3, lambda _: None) == score
    for name, array in shuffled.parameters().items():
        assert np.array_equal(array, plain.parameters()[name]), name
    assert shuffled.score("test", np.arange(32)) == plain.score("test", np.arange(32))
    true = make_trainer(images)
    true.restore(plain.state())
    assert shuffled.score("train", everything) == true.score("train", everything)
    assert shuffled.score("train", everything) != plain.score("train", everything)


def check_spoiled_labels_are_noticed(make_trainer: Callable[[TensorCache], Any]) -> None:
    """A trainer that scores by the shuffled labels too does not pass ``check_labels``."""

    def spoiling(images: TensorCache) -> Any:
        trainer = make_trainer(images)
        honest = trainer.train_epoch

        def train_epoch(order: Any, rate: float, on_batch: Any, draws: Any = NO_DRAWS, labelled: Any = None) -> Any:
            if labelled is not None:
                labels = trainer.data.labels["train"]
                labels[order] = labels[labelled]
            return honest(order, rate, on_batch, draws)

        trainer.train_epoch = train_epoch
        return trainer

    with pytest.raises(AssertionError):
        check_labels(spoiling)


def final_accuracies(framework: str, make_trainer: Callable[[RunSpec, TensorCache], Trainer]) -> dict[str, float]:
    """Test accuracy, by the setting ``labels``, of trainings that hold images out and last until labels are learned."""
    images, counts = cache(train=256, test=128), {"train": 256, "test": 128}
    found = {}
    for labels in ("given", "shuffled"):
        optimiser = {"name": "adam", "learning_rate": 5e-3}
        held_out = {"monitor": "validation", "validation_fraction": 0.25}
        spec = run_spec(framework, labels=labels, epochs=10, optimiser=optimiser, **held_out)
        trainer = make_trainer(spec, images)
        fit(trainer, spec, counts, start(spec), lambda _: None, lambda _: None)
        found[labels] = trainer.score("test", np.arange(128)).accuracy
    return found
