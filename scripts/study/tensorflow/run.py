"""A training in TensorFlow, from its job to its artefact."""

from study.tensorflow.data import DeviceData
from study.tensorflow.device import describe, set_up
from study.tensorflow.trainer import TensorflowTrainer
from study.tensorflow.weights import initial_network
from study.training.once import Work
from study.training.program import TrainingCall
from study.training.run import read_inputs, run_training


def train(call: TrainingCall, work: Work) -> None:
    """Train one run."""
    inputs = read_inputs(call.store, call.job, call.staging, work.say)
    set_up(call.threads, inputs.spec.precision)
    network = initial_network(inputs.spec, inputs.weights)
    trainer = TensorflowTrainer(inputs.spec, network, DeviceData(inputs.spec.input, inputs.cache))
    run_training(call.job, inputs, trainer, network.layer_table(), describe(), call.threads, call.saving, work)
