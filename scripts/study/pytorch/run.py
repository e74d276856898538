"""A training in PyTorch, from its job to its artefact."""

from study.pytorch.data import DeviceData
from study.pytorch.device import describe, set_up
from study.pytorch.trainer import PytorchTrainer
from study.pytorch.weights import initial_network
from study.training.once import Work
from study.training.program import TrainingCall
from study.training.run import read_inputs, run_training


def train(call: TrainingCall, work: Work) -> None:
    """Train one run."""
    inputs = read_inputs(call.store, call.job, call.staging, work.say)
    device = set_up(call.threads)
    network = initial_network(inputs.spec, inputs.weights).to(device)
    trainer = PytorchTrainer(
        inputs.spec, network, DeviceData(inputs.spec.input, inputs.cache, device, network.body_dtype)
    )
    run_training(call.job, inputs, trainer, network.layer_table(), describe(device), call.threads, call.saving, work)
