"""A training in PyTorch, from its job to its artefact."""

from dataclasses import replace

from study.cards.choice import Selection
from study.pytorch.connect import connect
from study.pytorch.device import describe, fastest_precision, set_up, why_no_gpu
from study.pytorch.trainer import PytorchTrainer
from study.pytorch.weights import initial_network
from study.training.once import Work
from study.training.precision import settle
from study.training.program import TrainingCall
from study.training.run import read_inputs, run_training


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
