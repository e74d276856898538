"""The training loop, the same for both frameworks."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from study.data.splits import Indices, Split
from study.errors import PermanentError
from study.recipe.run import RunSpec
from study.store.parameters import Arrays
from study.training.augmentation import NO_DRAWS, Draws, draws_at, epoch_draws
from study.training.course import Course, advance
from study.training.history import Epoch, Score
from study.training.randomness import epoch_order, shuffled_labels, split_validation
from study.training.rate_state import RateState
from study.training.remedy import remedy


class Trainer(Protocol):
    """A network with its optimiser and data, in one of the frameworks."""

    def train_epoch(
        self,
        order: Indices,
        learning_rate: float,
        on_batch: Callable[[int], object],
        draws: Draws = NO_DRAWS,
        labelled: Indices | None = None,
    ) -> Score:
        """Train once on the training images in this order; call ``on_batch`` with the number of images of each batch.

        ``draws`` says for each place in the order how its image is changed.
        ``labelled`` says of each place in the order which training image's label its image has; None: its own.
        """

    def score(self, split: Split, indices: Indices) -> Score:
        """Score images in inference mode."""

    def parameters(self) -> Arrays:
        """Return copies of all variables of the network by name."""

    def state(self) -> Arrays:
        """Return every variable that training changes, by name: network, optimiser, random generators."""

    def restore(self, state: Arrays) -> None:
        """Set every variable to its value in ``state``."""


@dataclass(frozen=True)
class Divergence:
    """An epoch whose loss was not finite; it is not in the history."""

    epoch: int
    reason: str
    """Which loss it was, as the beginning of a sentence."""


@dataclass(frozen=True)
class Progress:
    """A training between two epochs; with the trainer's state, all that is needed to resume."""

    course: Course
    history: tuple[Epoch, ...] = ()
    best_parameters: Arrays | None = None
    """Parameters of the best epoch, if the run reports that one."""
    diverged: Divergence | None = None
    """Why the training ended early, if an earlier epoch is its result all the same."""

    @property
    def epochs(self) -> int:
        """Number of epochs done, without one that diverged."""
        return len(self.history)


def start(spec: RunSpec) -> Progress:
    """Return a training before its first epoch."""
    return Progress(Course(RateState(spec.optimiser.learning_rate)))


def fit(
    trainer: Trainer,
    spec: RunSpec,
    images: Mapping[Split, int],
    progress: Progress,
    on_epoch: Callable[[Progress], None],
    on_batch: Callable[[int], object],
) -> Progress:
    """Train from ``progress`` to the end of the run.

    ``images`` counts the images of each split; ``on_epoch`` gets the progress after every epoch. An epoch whose
    training loss or monitored loss is not finite is the last: if the run reports the best epoch and there is one,
    ``diverged`` says so; otherwise PermanentError is raised.
    """
    train, validation = split_validation(images["train"], spec.validation_fraction, spec.seed)
    monitored_images = {"test": np.arange(images["test"]), "validation": validation}.get(spec.monitor)
    monitored_split: Split = "test" if spec.monitor == "test" else "train"
    labels = shuffled_labels(train, images["train"], spec.seed) if spec.labels == "shuffled" else None
    while progress.epochs < spec.epochs and not progress.course.stopped:
        number = progress.epochs + 1
        rate = progress.course.rate
        began = time.perf_counter()
        order = epoch_order(train, spec.seed, number, spec.shuffle)
        draws = draws_at(epoch_draws(spec.augmentation, images["train"], spec.seed, number), order)
        seen = trainer.train_epoch(order, rate, on_batch, draws, None if labels is None else labels[order])
        seconds = time.perf_counter() - began
        began_monitoring = time.perf_counter()
        monitored = None
        if monitored_images is not None and math.isfinite(seen.loss):
            monitored = trainer.score(monitored_split, monitored_images)
        if not (math.isfinite(seen.loss) and (monitored is None or math.isfinite(monitored.loss))):
            return _diverge(spec, progress, seen, monitored)
        epoch = Epoch(
            epoch=number,
            learning_rate=rate,
            train_loss=seen.loss,
            train_accuracy=seen.accuracy,
            monitor_loss=monitored.loss if monitored else None,
            monitor_accuracy=monitored.accuracy if monitored else None,
            seconds=seconds,
            images_per_second=len(order) / seconds,
            monitor_seconds=time.perf_counter() - began_monitoring if monitored else None,
        )
        course = advance(spec, progress.course, number, epoch.monitor_accuracy)
        progress = replace(progress, course=course, history=(*progress.history, epoch))
        if spec.result == "best" and course.best_epoch == number:
            progress = replace(progress, best_parameters=trainer.parameters())
        on_epoch(progress)
    return progress


def _diverge(spec: RunSpec, progress: Progress, seen: Score, monitored: Score | None) -> Progress:
    """Return the end of a training in the epoch with these scores; raise PermanentError if no epoch is its result."""
    number, rate = progress.epochs + 1, progress.course.rate
    what = "training" if monitored is None else "monitored"
    reason = f"the {what} loss became {(monitored or seen).loss} in epoch {number}"
    if progress.best_parameters is None:
        raise PermanentError(f"{reason}, with learning rate {rate:g} and precision {spec.precision}; {remedy(spec)}")
    return replace(progress, diverged=Divergence(number, reason))
