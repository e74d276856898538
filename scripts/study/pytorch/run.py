"""A training in PyTorch, from its job to its artefact."""

from pathlib import Path

from study.jobs import Job
from study.pytorch.data import DeviceData
from study.pytorch.device import describe, set_up
from study.pytorch.trainer import PytorchTrainer
from study.pytorch.weights import initial_network
from study.training.once import Work
from study.training.run import Saving, read_inputs, run_training


def train(store: Path, job: Job, threads: int, saving: Saving, work: Work) -> None:
    """Train one run."""
    inputs = read_inputs(store, job)
    device = set_up(threads)
    network = initial_network(inputs.spec, inputs.weights).to(device)
    trainer = PytorchTrainer(inputs.spec, network, DeviceData(inputs.spec.input, inputs.cache, device))
    run_training(job, inputs, trainer, network.layer_table(), describe(device), threads, saving, work)
