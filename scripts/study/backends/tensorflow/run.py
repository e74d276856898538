"""A training in TensorFlow, from its job to its artefact."""

from dataclasses import replace

from study.backends.tensorflow.connect import connect
from study.backends.tensorflow.device import describe, fastest_precision, set_up, why_no_gpu
from study.backends.tensorflow.trainer import TensorflowTrainer
from study.backends.tensorflow.weights import initial_network
from study.machine.gpu_choice import Selection
from study.runs.once import Work
from study.runs.training import read_inputs, run_training
from study.runs.training_call import TrainingCall
from study.training.precision import settle


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
