"""What both frameworks share in measuring the library."""

import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from performance.speed.sides import Task, Timed, in_batches, warm
from study.config.load import read_config, validate
from study.config.study import Study
from study.data.feature_cache import Extractor, write_features
from study.data.images import Images
from study.data.splits import SCORING_BATCH, Indices
from study.data.tensor_cache import TensorCache
from study.plan.frozen_part import prefix_spec
from study.recipe.run import RunSpec
from study.training.loop import Trainer
from study.training.randomness import epoch_order

CONFIG = Path(__file__).resolve().parents[3] / "config"
FEATURES = {"train": 1000, "test": 250}
"""Images whose features are on disk for training; batches read them again and again."""
NO_LIMIT = float("inf")


def read_study(precision: str) -> Study:
    """The study with config/fast.yaml, all arms in a precision; ``auto``: in the fastest."""
    config = read_config([CONFIG / "config.yaml", CONFIG / "fast.yaml"])
    return validate({**config, "override": {**config["override"], "precision": precision}})


def frozen_part(study: Study, arm: str) -> RunSpec | None:
    """What the study computes features with for an arm; None if the arm takes images."""
    return prefix_spec(study.run_spec(arm, 0)) if study.arms[arm].features == "cache" else None


def training_tasks(trainer: Trainer, spec: RunSpec, cache: TensorCache) -> Mapping[str, Task]:
    """The trainer's epochs, some batches at a time."""
    order = epoch_order(np.arange(len(cache.train.labels)), spec.seed, 1, spec.shuffle)
    visits, test_visits = Visits(order, spec.batch_size), Visits(np.arange(len(cache.test.labels)), SCORING_BATCH)

    def train(batches: int) -> None:
        trainer.train_epoch(visits.next(batches), spec.optimiser.learning_rate, lambda _: None)

    def score(batches: int) -> None:
        trainer.score("test", test_visits.next(batches))

    return {"train": warm(train, spec.batch_size), "score": warm(score, SCORING_BATCH)}


class Visits:
    """Positions of images in an order, again from its start when it has ended."""

    def __init__(self, order: Indices, batch: int) -> None:
        self.order = order
        self.batch = batch
        self.done = 0

    def next(self, batches: int) -> Indices:
        """Those of the next batches."""
        start, self.done = self.done, self.done + batches * self.batch
        return self.order.take(np.arange(start, self.done), mode="wrap")


def extraction_tasks(extractor: Extractor, cache: TensorCache, folder: Path) -> Mapping[str, Task]:
    """Computing and writing features; features for training, those of one image repeated, are written at once."""
    timed = folder / "timed"
    timed.mkdir(parents=True)
    one = extractor.compute("test", np.arange(1))
    repeated = Extractor(lambda _, indices: one.repeat(len(indices), axis=0), extractor.dtype, extractor.precision)
    write_features(folder, _first(cache, FEATURES["train"], FEATURES["test"]), repeated, NO_LIMIT)

    def extract(images: int) -> Timed:
        images = in_batches(images, SCORING_BATCH) * SCORING_BATCH
        began = time.perf_counter()
        write_features(timed, _first(cache, images, 1), extractor, NO_LIMIT)
        return Timed(images, time.perf_counter() - began)

    return {"extract": extract}


def _first(cache: TensorCache, train: int, test: int) -> TensorCache:
    return TensorCache(
        Images(cache.train.images[:train], cache.train.labels[:train]),
        Images(cache.test.images[:test], cache.test.labels[:test]),
        cache.manifest,
    )
