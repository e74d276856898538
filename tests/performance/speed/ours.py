"""What both frameworks share in measuring the library."""

import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from performance.speed.sides import Task, Timed, in_batches
from study.spec.load import merge, read_config, validate
from study.spec.study import Study
from study.spec.training import RunSpec
from study.tensors.cache import TensorCache
from study.tensors.splits import SCORING_BATCH, Indices
from study.training.loop import Trainer
from study.training.randomness import epoch_order

CONFIG = Path(__file__).resolve().parents[3] / "config"
FAST = {"override": {"precision": "bfloat16"}}


def read_study(precision: str) -> Study:
    """The study, all arms in a precision; ``auto``: the one that is fast."""
    overlay = FAST if precision == "auto" else {"override": {"precision": precision}}
    return validate(merge(read_config([CONFIG / "config.yaml"]), overlay))


def training_tasks(trainer: Trainer, spec: RunSpec, cache: TensorCache) -> Mapping[str, Task]:
    """The trainer's epochs, some batches at a time."""
    order = epoch_order(np.arange(len(cache.train.labels)), spec.seed, 1, spec.shuffle)
    visits, test_visits = Visits(order, spec.batch_size), Visits(np.arange(len(cache.test.labels)), SCORING_BATCH)

    def train(images: int) -> Timed:
        indices = visits.next(images)
        began = time.perf_counter()
        trainer.train_epoch(indices, spec.optimiser.learning_rate, lambda _: None)
        return Timed(len(indices), time.perf_counter() - began)

    def score(images: int) -> Timed:
        indices = test_visits.next(images)
        began = time.perf_counter()
        trainer.score("test", indices)
        return Timed(len(indices), time.perf_counter() - began)

    return {"train": train, "score": score}


class Visits:
    """Positions of images in an order, again from its start when it has ended."""

    def __init__(self, order: Indices, batch: int) -> None:
        self.order = order
        self.batch = batch
        self.done = 0

    def next(self, images: int) -> Indices:
        """Those of the next batches."""
        start, self.done = self.done, self.done + in_batches(images, self.batch) * self.batch
        return self.order.take(np.arange(start, self.done), mode="wrap")
