"""A training in PyTorch, from its job to its artefact."""

from dataclasses import replace

from study.backends.pytorch.connect import connect
from study.backends.pytorch.device import describe, fastest_precision, set_up, why_no_gpu
from study.backends.pytorch.trainer import PytorchTrainer
from study.backends.pytorch.weights import initial_network
from study.machine.gpu_choice import Selection
from study.runs.once import Work
from study.runs.training import read_inputs, run_training
from study.runs.training_call import TrainingCall
from study.training.precision import settle


def train(call: TrainingCall, selection: Selection, work: Work) -> None:
    """Train one run."""
    selection.check(why_no_gpu())
    inputs = read_inputs(call.store, call.job, call.staging, work.say)
    device = set_up(call.threads)
    spec = settle(inputs.spec, inputs.cache.manifest, lambda: fastest_precision(device))
    inputs = replace(inputs, spec=spec)
    network = initial_network(spec, inputs.weights).to(device)
    trainer = PytorchTrainer(spec, network, connect(network, spec, inputs.cache, device))
    used = describe(device, selection.card)
    run_training(call.job, inputs, trainer, network.layer_table(), used, call.threads, call.saving, work)
