"""Class scores of a trained network, from their job to their artefact, in any framework."""

from importlib import import_module
from typing import cast

from study.backends.base import ScoringModule, load_device
from study.cli import Call
from study.machine.gpu_choice import Selection
from study.runs.first_filters import first_filters
from study.runs.prediction import read_prediction_inputs, write_predictions
from study.store.parameters import read_parameters


def predict(call: Call, selection: Selection) -> None:
    """Score all images of a run."""
    device = load_device(call.framework)
    selection.check(device.why_no_gpu())
    spec, cache, parameters = read_prediction_inputs(call, call.framework)
    device.set_up(call.threads, spec.precision)
    backend = cast(ScoringModule, import_module(f"study.backends.{call.framework}.scoring"))
    scores = backend.make_scorer(spec, cache, parameters)
    filters = first_filters(spec, read_parameters(parameters))
    write_predictions(call.store, call.job, spec, cache, filters, scores)
