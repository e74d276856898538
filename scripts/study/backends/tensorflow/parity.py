"""TensorFlow's side of a parity certificate."""

import keras
import numpy as np
from numpy.typing import NDArray

import tensorflow as tf
from study.backends.tensorflow.data import DeviceData
from study.backends.tensorflow.device import set_precision
from study.backends.tensorflow.network import Network
from study.backends.tensorflow.optimiser import make_optimiser
from study.backends.tensorflow.trainer import TensorflowTrainer
from study.backends.tensorflow.weights import export_parameters, in_shared_layout, initial_network, load_parameters
from study.data.splits import Indices, Split
from study.parity.sample import Doubles, Sample, dropout_draws
from study.parity.side import FreeRun, Pass, Side
from study.recipe.layer_names import layer_names
from study.recipe.networks import Dense, DescribedNetwork, Flatten
from study.recipe.optimiser import OptimiserSettings
from study.recipe.run import RunSpec
from study.recipe.shapes import Shape, output_shapes
from study.store.parameters import Arrays
from study.training.loop import Progress, fit, start


class StoredDropout(keras.layers.Layer):  # type: ignore[misc]
    """Dropout by stored draws instead of a generator's."""

    def __init__(self, name: str, rate: float, flattened: Shape | None) -> None:
        super().__init__(name=name)
        self.rate = rate
        self.flattened = flattened

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Convert the draws to this framework's layout."""
        *sizes, channels = (size for size in shape[1:] if size is not None)
        self.draws = tf.constant(_from_shared(dropout_draws(self.name, (channels, *sizes)), self.flattened))

    def call(self, values: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Drop values of [N, ...] while training."""
        if not training:
            return values
        return values * tf.cast(self.draws[: tf.shape(values)[0]] >= self.rate, values.dtype) / (1 - self.rate)


class RecordingData(DeviceData):
    """A run's data that records which training images were requested."""

    batches: list[Indices]

    def pick(self, split: Split, indices: Indices) -> NDArray[np.generic]:
        """Return what ``images`` needs from outside the graph."""
        if split == "train":
            self.batches.append(indices)
        return super().pick(split, indices)


def make_side() -> Side:
    """Return the operations that a certificate compares."""
    return TensorflowSide()


class TensorflowSide:
    """TensorFlow's operations for a certificate; see ``study.parity.side.Side``."""

    def prepared(self, spec: RunSpec, sample: Sample) -> NDArray[np.float32]:
        """Return the sample's training images as the network gets them, float32 [N, 3, S, S]."""
        data = DeviceData(spec.input, sample.cache)
        picked = tf.constant(data.pick("train", np.arange(len(sample.cache.train.labels))))
        images: NDArray[np.float32] = tf.function(lambda part: data.images("train", part))(picked).numpy()
        return images.transpose(0, 3, 1, 2)

    def parameters(self, spec: RunSpec) -> Arrays:
        """Return the initial parameters of a run."""
        _begin(spec.precision)
        return export_parameters(initial_network(spec, None), spec)

    def run_batch(self, spec: RunSpec, sample: Sample, dropout: bool) -> Pass:
        """Pass the sample's batch through the run's network."""
        _begin(spec.precision)
        network = with_stored_dropout(initial_network(spec, None), spec)
        flattened = flattened_shapes(spec)
        taps = keras.Model(network.model.inputs, {name: network.model.get_layer(name).output for name in flattened})
        cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
        with tf.GradientTape() as tape:
            outputs = taps(tf.constant(sample.inputs.transpose(0, 2, 3, 1), tf.float64), training=dropout)
            loss = cross_entropy(tf.constant(sample.labels), outputs[list(flattened)[-1]])
        variables = network.model.trainable_variables
        gradients = {v.path: g.numpy() for v, g in zip(variables, tape.gradient(loss, variables), strict=True)}
        activations = {name: _to_shared(outputs[name].numpy(), shape) for name, shape in flattened.items()}
        return Pass(activations, float(loss), in_shared_layout(network, spec, gradients))

    def dropped_ones(self, spec: RunSpec) -> dict[str, Doubles]:
        """Return what each dropout layer makes of ones while training."""
        _begin(spec.precision)
        model = initial_network(spec, None).model
        dropouts = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
        return {layer.name: layer(tf.ones(10_000, tf.float64), training=True).numpy() for layer in dropouts}

    def optimise(self, spec: OptimiserSettings, start: Doubles, gradients: Doubles, rates: Doubles) -> Doubles:
        """Parameters after each step [steps, K]."""
        _begin("float64")
        variable = keras.Variable(start, dtype="float64")
        optimiser = make_optimiser(spec)
        optimiser.build([variable])
        path = []
        for gradient, rate in zip(gradients, rates, strict=True):
            optimiser.learning_rate = rate
            optimiser.apply([tf.constant(gradient)])
            path.append(variable.numpy())
        return np.array(path)

    def free_run(self, spec: RunSpec, sample: Sample) -> FreeRun:
        """Train the run's network on the sample."""
        _begin(spec.precision)
        data = RecordingData(spec.input, sample.cache)
        data.batches = []
        trainer = TensorflowTrainer(spec, with_stored_dropout(initial_network(spec, None), spec), data)
        rates: list[float] = []

        def note(progress: Progress) -> None:
            rates.append(float(trainer.optimiser.learning_rate))

        images: dict[Split, int] = {"train": len(sample.cache.train.labels), "test": len(sample.cache.test.labels)}
        progress = fit(trainer, spec, images, start(spec), note, lambda _: None)
        losses = tuple(epoch.train_loss for epoch in progress.history)
        return FreeRun(tuple(data.batches), tuple(rates), losses, trainer.parameters())


def _begin(precision: str) -> None:
    """Forget earlier networks, which hold gigabytes until Python finds their reference cycles."""
    keras.utils.clear_session(free_memory=True)
    set_precision(precision)


def with_stored_dropout(network: Network, spec: RunSpec) -> Network:
    """Return the network with stored draws in each dropout layer, at its rate and place."""
    flattened = flattened_shapes(spec)

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        if isinstance(layer, keras.layers.Dropout):
            return StoredDropout(layer.name, layer.rate, flattened[layer.name])
        return type(layer).from_config(layer.get_config())

    stored = Network(keras.models.clone_model(network.model, clone_function=copy), network.head, network.frozen)
    load_parameters(stored, spec, export_parameters(network, spec), head=True)
    return stored


def flattened_shapes(spec: RunSpec) -> dict[str, Shape | None]:
    """Return, per layer, the shape that its output is a flattened form of, where the frameworks' orders differ."""
    network = spec.network
    assert isinstance(network, DescribedNetwork)
    shapes = [(3, spec.input.size, spec.input.size), *output_shapes(network, spec.input.size, spec.classes)]
    found: dict[str, Shape | None] = {}
    flattened: Shape | None = None
    for name, layer, shape in zip(layer_names(network.layers), network.layers, shapes[:-1], strict=True):
        if isinstance(layer, Flatten) and len(shape) == 3:
            flattened = shape
        elif isinstance(layer, Dense):
            flattened = None
        found[name] = flattened
    return found


def _to_shared(values: Doubles, flattened: Shape | None) -> Doubles:
    """Convert [N, height, width, channels] to [N, channels, height, width], or the same within flattened rows."""
    if flattened is not None:
        channels, *sides = flattened
        return _to_shared(values.reshape(-1, *sides, channels), None).reshape(len(values), -1)
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2)) if values.ndim == 4 else values


def _from_shared(values: Doubles, flattened: Shape | None) -> Doubles:
    """The inverse of ``_to_shared``."""
    if flattened is not None:
        return _from_shared(values.reshape(-1, *flattened), None).reshape(len(values), -1)
    return np.ascontiguousarray(values.transpose(0, 2, 3, 1)) if values.ndim == 4 else values
