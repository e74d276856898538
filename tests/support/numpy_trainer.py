"""A training program like those of the frameworks, with a network that NumPy trains: starts in a moment.

Stands in for them where a test starts hundreds of processes; everything around the trainer is the real code.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from study.data.splits import Indices, Split
from study.errors import program
from study.machine.devices import Device
from study.machine.gpu_lock import select
from study.recipe.layer_table import LayerRow
from study.runs.checkpoints import check_state
from study.runs.inputs import read_inputs
from study.runs.once import Work, train_once
from study.runs.training import run_training
from study.runs.training_call import TrainingCall, read_training_call
from study.store.parameters import Arrays
from study.training.augmentation import NO_DRAWS, Draws
from study.training.history import Score

GATE = "TEST_GATE"
"""Environment variable with a path: in its second epoch a training makes ``PATH.reached`` and waits for ``PATH``."""
FAILURE = "TEST_FAILURE"
"""Environment variable: a training that is complete ends with exit code 1 nevertheless."""


class NumpyTrainer:
    """Softmax regression by stochastic gradient descent with momentum and noise on its inputs."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, classes: int, seed: int, pause: float) -> None:
        self.images = images.reshape(len(images), -1) / 255.0
        self.labels = labels
        self.pause = pause
        self.epochs = 0
        self.generator = np.random.Generator(np.random.PCG64(seed))
        self.weights = self.generator.normal(size=(self.images.shape[1], classes)) * 0.01
        self.velocity = np.zeros_like(self.weights)

    def train_epoch(
        self,
        order: Indices,
        learning_rate: float,
        on_batch: Callable[[int], object],
        draws: Draws = NO_DRAWS,
        labelled: Indices | None = None,
    ) -> Score:
        with np.errstate(all="ignore"):
            return self._train_epoch(order, order if labelled is None else labelled, learning_rate, on_batch)

    def _train_epoch(
        self, order: Indices, labelled: Indices, learning_rate: float, on_batch: Callable[[int], object]
    ) -> Score:
        losses, hits = 0.0, 0
        parts = max(len(order) // 32, 1)
        for batch, sources in zip(np.array_split(order, parts), np.array_split(labelled, parts), strict=True):
            labels = self.labels[sources]
            inputs = self.images[batch] * (self.generator.random(self.images[batch].shape) > 0.2)
            scores = inputs @ self.weights
            probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
            probabilities /= probabilities.sum(axis=1, keepdims=True)
            losses -= np.log(probabilities[np.arange(len(batch)), labels]).sum()
            hits += int((scores.argmax(axis=1) == labels).sum())
            probabilities[np.arange(len(batch)), labels] -= 1
            self.velocity = 0.9 * self.velocity - learning_rate * inputs.T @ probabilities / len(batch)
            self.weights = self.weights + self.velocity
            on_batch(len(batch))
        time.sleep(self.pause)
        self.epochs += 1
        if GATE in os.environ and self.epochs == 2:
            wait_at(Path(os.environ[GATE]))
        return Score(float(losses) / len(order), hits / len(order))

    def score(self, split: Split, indices: Indices) -> Score:
        scores = self.images[indices] @ self.weights
        return Score(1.0, float((scores.argmax(axis=1) == self.labels[indices]).mean()))

    def parameters(self) -> Arrays:
        return {"weights": self.weights.copy()}

    def state(self) -> Arrays:
        generator = self.generator.bit_generator.state["state"]
        words = [generator[name] >> shift & (2**64 - 1) for name in ("state", "inc") for shift in (0, 64)]
        return {"weights": self.weights, "velocity": self.velocity, "generator": np.array(words, dtype=np.uint64)}

    def restore(self, state: Arrays) -> None:
        check_state(self.state(), state)
        self.weights, self.velocity = state["weights"].copy(), state["velocity"].copy()
        low, high, low_inc, high_inc = (int(word) for word in state["generator"])
        inner = {"state": high << 64 | low, "inc": high_inc << 64 | low_inc}
        self.generator.bit_generator.state = self.generator.bit_generator.state | {"state": inner}


def wait_at(gate: Path) -> None:
    gate.with_suffix(".reached").touch()
    while not gate.exists():
        time.sleep(0.01)


@program
def main() -> None:
    call = read_training_call(__file__, __doc__)
    train_once(call.store, call.job, lambda work: train_on_card(call, work))
    if FAILURE in os.environ:
        sys.exit(1)


def train_on_card(call: TrainingCall, work: Work) -> None:
    with select(call.device, work.say) as selection:
        work.say(f"card {selection.card.key if selection.card else None}")
        train(call, work)


def train(call: TrainingCall, work: Work) -> None:
    inputs = read_inputs(call.store, call.job)
    cache, spec = inputs.cache, inputs.spec
    # The batch size gives the seconds that an epoch takes; it has no other meaning here.
    trainer = NumpyTrainer(cache.train.images, cache.train.labels, spec.classes, spec.seed, spec.batch_size / 1000)
    layers = [LayerRow("weights", "Softmax", trainer.weights.size, True)]
    run_training(call.job, inputs, trainer, layers, Device("cpu", "NumPy"), call.threads, call.saving, work)


if __name__ == "__main__":
    main()
