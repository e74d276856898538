"""A training from its job to its artefact, in any framework."""

from dataclasses import replace
from importlib import import_module
from typing import cast

from study.backends.base import TrainerModule, load_device
from study.machine.gpu_choice import Selection
from study.runs.inputs import read_inputs
from study.runs.once import Work
from study.runs.training import run_training
from study.runs.training_call import TrainingCall
from study.training.precision import settle


def train(call: TrainingCall, selection: Selection, work: Work) -> None:
    """Train one run."""
    device = load_device(call.framework)
    selection.check(device.why_no_gpu())
    inputs = read_inputs(call.store, call.job, call.staging, work.say)
    spec = settle(inputs.spec, inputs.cache.manifest, device.fastest_precision)
    inputs = replace(inputs, spec=spec)
    device.set_up(call.threads, spec.precision)
    backend = cast(TrainerModule, import_module(f"study.backends.{call.framework}.trainer"))
    trainer, layers = backend.make_trainer(spec, inputs.cache, inputs.weights)
    used = device.describe(selection.card)
    run_training(call.job, inputs, trainer, layers, used, call.threads, call.saving, work)
