"""A training in TensorFlow, from its job to its artefact."""

from dataclasses import replace

from study.cards.choice import Selection
from study.tensorflow.connect import connect
from study.tensorflow.device import describe, fastest_precision, set_up, why_no_gpu
from study.tensorflow.trainer import TensorflowTrainer
from study.tensorflow.weights import initial_network
from study.training.once import Work
from study.training.precision import settle
from study.training.program import TrainingCall
from study.training.run import read_inputs, run_training


def train(call: TrainingCall, selection: Selection, work: Work) -> None:
    """Train one run."""
    selection.check(why_no_gpu())
    inputs = read_inputs(call.store, call.job, call.staging, work.say)
    spec = settle(inputs.spec, inputs.cache.manifest, fastest_precision)
    inputs = replace(inputs, spec=spec)
    set_up(call.threads, spec.precision)
    network, data = connect(initial_network(spec, inputs.weights), spec, inputs.cache)
    trainer = TensorflowTrainer(spec, network, data)
    used = describe(selection.card)
    run_training(call.job, inputs, trainer, network.layer_table(), used, call.threads, call.saving, work)
