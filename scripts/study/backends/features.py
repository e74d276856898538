"""Features of a network's frozen part, from their job to their artefact, in any framework."""

from importlib import import_module
from typing import cast

from study.backends.base import FeaturesModule, load_device
from study.cli import Call
from study.data.feature_cache import write_features
from study.machine.gpu_choice import Selection
from study.runs.inputs import Inputs
from study.store.artefacts import new_artefact
from study.training.precision import settle


def extract_features(call: Call, inputs: Inputs, limit: float, selection: Selection) -> None:
    """Compute the features of all images; ``limit`` is how many GB they may take."""
    device = load_device(call.framework)
    selection.check(device.why_no_gpu())
    spec = settle(inputs.spec, inputs.cache.manifest, device.fastest_precision)
    device.set_up(call.threads, spec.precision)
    backend = cast(FeaturesModule, import_module(f"study.backends.{call.framework}.features"))
    extractor = backend.make_extractor(spec, inputs.cache, inputs.weights)
    with new_artefact(call.store, call.job) as folder:
        write_features(folder, inputs.cache, extractor, limit)
