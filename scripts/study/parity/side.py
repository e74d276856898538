"""One side of a certificate: an arm's description in one framework, stage by stage.

The stages are defined once, here; a framework only supplies the operations of ``Side``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from study.data.splits import Indices
from study.data.tensor_cache import TensorCache
from study.parity.oracle import trajectory
from study.parity.sample import Doubles, Sample, gradient_sequence, rate_sequences, take_sample
from study.parity.trace import QUANTILES, Trace
from study.recipe.optimiser import OptimiserSettings
from study.recipe.run import RunSpec
from study.store.parameters import Arrays


@dataclass(frozen=True)
class Pass:
    """One batch forward and backward, everything in PyTorch's layouts."""

    activations: Mapping[str, Doubles]
    """The output of each layer, by name and in the network's order."""
    loss: float
    """Mean cross-entropy of the batch in nats."""
    gradients: Arrays
    """The gradient of every trainable parameter."""


@dataclass(frozen=True)
class FreeRun:
    """A short training by the framework's own trainer."""

    batches: tuple[Indices, ...]
    """Training images in the order in which the trainer requested them."""
    rates: tuple[float, ...]
    """The optimiser's learning rate after each epoch."""
    losses: tuple[float, ...]
    """Training loss of each epoch in nats."""
    parameters: Arrays
    """The parameters at the end of the training."""


class Side(Protocol):
    """A framework's operations for a certificate, in float64 on the CPU unless stated otherwise."""

    def prepared(self, spec: RunSpec, sample: Sample) -> NDArray[np.float32]:
        """Return the sample's training images as the network gets them, float32 [N, 3, S, S]."""

    def parameters(self, spec: RunSpec) -> Arrays:
        """Return the initial parameters of a run, float32."""

    def run_batch(self, spec: RunSpec, sample: Sample, dropout: bool) -> Pass:
        """Pass the sample's batch through the run's network; ``dropout`` applies the draws of ``dropout_draws``."""

    def dropped_ones(self, spec: RunSpec) -> Mapping[str, Doubles]:
        """Return what each dropout layer makes of 10,000 ones while training, from its own generator."""

    def optimise(self, spec: OptimiserSettings, start: Doubles, gradients: Doubles, rates: Doubles) -> Doubles:
        """Parameters after each step [steps, K] of the optimiser that a run with this specification trains with."""

    def free_run(self, spec: RunSpec, sample: Sample) -> FreeRun:
        """Train the run's network on the sample with ``training.loop.fit``, with the stored dropout draws."""


def trace_side(side: Side, run: RunSpec, cache: TensorCache) -> Trace:
    """Return all tensors of one side, by the names of ``study.parity.stages``; ``run`` is a ``side_spec``."""
    sample = take_sample(cache, run.input)
    trace = Trace()
    trace.add("inputs", "images", side.prepared(run, sample))
    _trace_batches(trace, side, run, sample)
    _trace_optimisers(trace, side, run.optimiser)
    _trace_initial_values(trace, side, run)
    _trace_free_run(trace, "free_run", side, run, sample)
    native = run.model_copy(update={"optimiser": run.optimiser.plain})
    _trace_free_run(trace, "native_free_run", side, native, sample)
    return trace


def _trace_batches(trace: Trace, side: Side, run: RunSpec, sample: Sample) -> None:
    # Biases that are not 0, whatever the run starts with: a bias that is forgotten must show.
    probed = run.model_copy(update={"init": "fan_in_uniform", "bias_init": "fan_in_uniform"})
    plain = side.run_batch(probed, sample, dropout=False)
    for name, values in plain.activations.items():
        if not name.startswith("dropout"):  # nothing happens there
            trace.add("outputs", name, values)
    trace.add("loss", "loss", np.array(plain.loss))
    for name, gradient in plain.gradients.items():
        trace.add("gradients", name, gradient)
    for name, values in side.dropped_ones(probed).items():
        # The two values that dropout leaves: 0, and the scale that makes up for it.
        trace.add("dropout", f"{name} scale", np.unique(values))
    dropped = side.run_batch(probed, sample, dropout=True)
    for name, values in dropped.activations.items():
        trace.add("dropout", name, values)
    for name, gradient in dropped.gradients.items():
        trace.add("dropout", f"gradient of {name}", gradient)


def _trace_optimisers(trace: Trace, side: Side, optimiser: OptimiserSettings) -> None:
    start, gradients = gradient_sequence()
    for name, rates in rate_sequences(optimiser.learning_rate).items():
        trace.add("formula", name, trajectory(optimiser, start, gradients, rates))
        trace.add("optimiser", name, side.optimise(optimiser, start, gradients, rates))
        trace.add("native_optimiser", name, side.optimise(optimiser.plain, start, gradients, rates))


def _trace_initial_values(trace: Trace, side: Side, run: RunSpec) -> None:
    stored = run.model_copy(update={"precision": "float32"})
    for name, values in side.parameters(stored).items():
        trace.add("initial_values", name, values)
    native = stored.model_copy(update={"init": "native", "bias_init": "native"})
    for name, values in side.parameters(native).items():
        trace.add("native_initial_values", name, np.quantile(values.astype(np.float64), QUANTILES))


def _trace_free_run(trace: Trace, stage: str, side: Side, run: RunSpec, sample: Sample) -> None:
    start = side.parameters(run)
    result = side.free_run(run, sample)
    if stage == "free_run":
        trace.add("order", "images", np.concatenate(result.batches))
        trace.add("order", "batch sizes", np.array([len(batch) for batch in result.batches]))
    trace.add(stage, "rate", np.array(result.rates))
    trace.add(stage, "training loss", np.array(result.losses))
    for name, values in result.parameters.items():
        trace.add(stage, f"movement of {name}", np.subtract(values, start[name]))
