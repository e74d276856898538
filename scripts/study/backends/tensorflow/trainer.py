"""Training and scoring in TensorFlow."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

import tensorflow as tf
from study.backends.tensorflow.connect import connect
from study.backends.tensorflow.data import DeviceData
from study.backends.tensorflow.network import Network
from study.backends.tensorflow.optimiser import build_optimiser
from study.backends.tensorflow.scoring import Scorer
from study.backends.tensorflow.weights import export_parameters, initial_network
from study.data.splits import Indices, Split
from study.data.tensor_cache import TensorCache
from study.recipe.layer_table import LayerRow
from study.recipe.run import RunSpec
from study.runs.checkpoints import check_state
from study.store.parameters import Arrays
from study.training.augmentation import NO_DRAWS, Draws, draws_at
from study.training.history import Score
from study.training.loop import Trainer


def make_trainer(spec: RunSpec, cache: TensorCache, weights: Path | None) -> tuple[Trainer, list[LayerRow]]:
    """Return a run's trainer and its network's layers; ``weights`` is the file that the run's settings ask for."""
    network, data = connect(initial_network(spec, weights), spec, cache)
    return TensorflowTrainer(spec, network, data), network.layer_table()


class TensorflowTrainer:
    """A run's network, optimiser and data on a device."""

    def __init__(self, spec: RunSpec, network: Network, data: DeviceData) -> None:
        self.spec = spec
        self.network = network
        self.model = network.model
        self.data = data
        self.scorer = Scorer(network.entered, data)
        self.batch_size = spec.batch_size
        self.optimiser = build_optimiser(spec)
        self.optimiser.build(self.model.trainable_variables)
        kind = "float64" if spec.precision == "float64" else "float32"
        self.loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum", dtype=kind)
        self.loss_sum = tf.Variable(0.0, dtype=tf.float64, trainable=False)
        self.correct = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._step = tf.function(self._train_step)

    def train_epoch(
        self,
        order: Indices,
        learning_rate: float,
        on_batch: Callable[[int], object],
        draws: Draws = NO_DRAWS,
        labelled: Indices | None = None,
    ) -> Score:
        """Train once on the training images in this order, each changed as ``draws`` says.

        Each has the label of the image that ``labelled`` names, or its own.
        """
        self.optimiser.learning_rate = learning_rate
        self.loss_sum.assign(0.0)
        self.correct.assign(0)
        for start in range(0, len(order), self.batch_size):
            places = slice(start, start + self.batch_size)
            indices = order[places]
            picked = tf.constant(self.data.pick("train", indices))
            drawn = {name: tf.constant(values) for name, values in draws_at(draws, places).items()}
            sources = indices if labelled is None else labelled[places]
            self._step(picked, tf.constant(self.data.labels["train"][sources]), drawn)
            on_batch(len(indices))
        return Score(float(self.loss_sum.numpy()) / len(order), int(self.correct.numpy()) / len(order))

    def score(self, split: Split, indices: Indices) -> Score:
        """Return loss and accuracy of images in inference mode."""
        logits = self.scorer.scores(split, indices).astype(np.float64)
        labels = self.data.labels[split][indices]
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_likelihood = shifted[np.arange(len(labels)), labels] - np.log(np.exp(shifted).sum(axis=1))
        return Score(float(-log_likelihood.mean()), float((logits.argmax(axis=1) == labels).mean()))

    def parameters(self) -> Arrays:
        """Return copies of all variables of the network by name."""
        return export_parameters(self.network, self.spec)

    def state(self) -> Arrays:
        """Return every variable that training changes: network, dropout's generators, optimiser."""
        return {name: variable.numpy() for name, variable in self._variables().items()}

    def restore(self, state: Arrays) -> None:
        """Set every variable to its value in ``state``; raise UnusableCheckpoint, setting nothing, if it misfits."""
        check_state(self.state(), state)
        for name, variable in self._variables().items():
            variable.assign(state[name])

    def _variables(self) -> dict[str, keras.Variable]:
        """Return all variables by a name that is the same in every process."""
        inner = getattr(self.optimiser, "inner_optimizer", None)
        parts = {
            "network": self.model.variables,
            "optimiser": self.optimiser.variables,
            "inner_optimiser": inner.variables if inner else [],
        }
        return {
            f"{part}/{number:04d}/{variable.name}": variable
            for part, variables in parts.items()
            for number, variable in enumerate(variables)
        }

    def _train_step(self, picked: tf.Tensor, labels: tf.Tensor, draws: dict[str, tf.Tensor]) -> None:
        images = self.data.images("train", picked, draws)
        images_in_batch = tf.cast(tf.shape(labels)[0], self.loss.dtype)
        with tf.GradientTape() as tape:
            logits = self.network.entered(images, training=True)
            loss = self.loss(labels, logits)
            scaled = self.optimiser.scale_loss(loss / images_in_batch)
        gradients = tape.gradient(scaled, self.model.trainable_variables)
        self.optimiser.apply(gradients)
        self.loss_sum.assign_add(tf.cast(loss, tf.float64))
        hits = tf.equal(tf.argmax(logits, axis=1, output_type=tf.int64), labels)
        self.correct.assign_add(tf.reduce_sum(tf.cast(hits, tf.int64)))
