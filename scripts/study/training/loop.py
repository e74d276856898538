"""The training loop, the same for both frameworks."""

import math
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from study.errors import StudyError
from study.spec.training import RunSpec
from study.tensors.splits import Indices, Split
from study.training.history import Epoch, Score
from study.training.randomness import epoch_order, split_validation
from study.training.schedule import RateState, advance


class Trainer(Protocol):
    """A network with its optimiser and data, in one of the frameworks."""

    def train_epoch(self, order: Indices, learning_rate: float, on_batch: Callable[[int], object]) -> Score:
        """Train once on the training images in this order; call ``on_batch`` with the images of each batch."""

    def score(self, split: Split, indices: Indices) -> Score:
        """Score images in inference mode."""


def fit(
    trainer: Trainer,
    spec: RunSpec,
    images: dict[Split, int],
    on_epoch: Callable[[Epoch], None],
    on_batch: Callable[[int], object],
) -> list[Epoch]:
    """Train for the run's epochs and return its history.

    ``images`` counts the images of each split; ``on_epoch`` is told of every finished epoch.
    Raises StudyError if the training loss stops being finite.
    """
    train, validation = split_validation(images["train"], spec.validation_fraction, spec.seed)
    state = RateState(spec.optimiser.learning_rate)
    history: list[Epoch] = []
    for number in range(1, spec.epochs + 1):
        start = time.perf_counter()
        order = epoch_order(train, spec.seed, number, spec.shuffle)
        seen = trainer.train_epoch(order, state.rate, on_batch)
        seconds = time.perf_counter() - start
        if not math.isfinite(seen.loss):
            raise StudyError(
                f"the training loss became {seen.loss} in epoch {number}, with learning rate {state.rate:g} and "
                f"precision {spec.precision}; lower optimiser.learning_rate or use precision: float32"
            )
        start = time.perf_counter()
        monitored = _monitor(trainer, spec, images["test"], validation)
        epoch = Epoch(
            epoch=number,
            learning_rate=state.rate,
            train_loss=seen.loss,
            train_accuracy=seen.accuracy,
            monitor_loss=monitored.loss if monitored else None,
            monitor_accuracy=monitored.accuracy if monitored else None,
            seconds=seconds,
            images_per_second=len(order) / seconds,
            monitor_seconds=time.perf_counter() - start if monitored else None,
        )
        history.append(epoch)
        on_epoch(epoch)
        state = advance(spec.schedule, state, epoch.monitor_accuracy)
    return history


def _monitor(trainer: Trainer, spec: RunSpec, test_images: int, validation: Indices) -> Score | None:
    match spec.monitor:
        case "test":
            return trainer.score("test", np.arange(test_images))
        case "validation":
            return trainer.score("train", validation)
        case _:
            return None
