"""A training in TensorFlow, from its job to its artefact."""

from pathlib import Path

from study.jobs import Job
from study.tensorflow.data import DeviceData
from study.tensorflow.device import describe, set_up
from study.tensorflow.trainer import TensorflowTrainer
from study.tensorflow.weights import initial_network
from study.training.once import Work
from study.training.run import Saving, read_inputs, run_training


def train(store: Path, job: Job, threads: int, saving: Saving, work: Work) -> None:
    """Train one run."""
    inputs = read_inputs(store, job)
    set_up(threads, inputs.spec.precision)
    network = initial_network(inputs.spec, inputs.weights)
    trainer = TensorflowTrainer(inputs.spec, network, DeviceData(inputs.spec.input, inputs.cache))
    run_training(job, inputs, trainer, network.layer_table(), describe(), threads, saving, work)
