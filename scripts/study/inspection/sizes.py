"""How much disk space artefacts take, calculated if nothing like them was made before."""

import math
from typing import Any

from study.plan.frozen_part import RANDOM
from study.plan.plan import Plan
from study.recipe.choices import SOURCES
from study.recipe.networks import Conv, Dense, DescribedNetwork
from study.recipe.run import RunSpec
from study.recipe.shapes import Shape, output_shapes
from study.store.jobs import Job

FLOAT_BYTES = 4
CHECKPOINTS = 3
"""A training keeps two checkpoints, and writes the next one before it removes the older."""
STATE_PER_PARAMETER = 3
"""Numbers that Adam needs in a checkpoint per parameter: itself and two moments."""


def calculated_size(job: Job, plan: Plan) -> int | None:
    """Return the bytes of a job's artefact; None if they are unknown beforehand, or too few to matter."""
    if job.kind == "downloads":
        size: int | None = job.spec.get("size")
        return size
    if job.kind == "tensors":
        return _tensors(job.spec)
    if job.kind == "features":
        return _features(job, plan)
    if job.kind == "runs":
        return _parameters(job, plan)
    return None


def working_space(job: Job, plan: Plan) -> int:
    """Return the bytes of a training's checkpoints while it runs."""
    return CHECKPOINTS * STATE_PER_PARAMETER * (_parameters(job, plan) or 0)


def _images(spec: dict[str, Any]) -> int:
    train, test = spec.get("train_images"), spec.get("test_images")
    return int(train + test) if train and test else SOURCES[spec["source"]].all_images


def _features(job: Job, plan: Plan) -> int | None:
    """Estimate from the layers before the rest; only the library knows where its network can be cut."""
    spec = RunSpec.model_validate(job.spec)
    if not isinstance(spec.network, DescribedNetwork):
        return None
    layers = spec.network.layers
    end = layers.index(RANDOM) if RANDOM in layers else len(layers) - 1
    shapes: list[Shape] = [
        (3, spec.input.size, spec.input.size),
        *output_shapes(spec.network, spec.input.size, spec.classes),
    ]
    images = _images(plan.by_folder[job.input("tensors").folder].spec)
    return images * math.prod(shapes[end]) * FLOAT_BYTES


def _tensors(spec: dict[str, Any]) -> int:
    values = _images(spec) * 3 * (spec.get("size") or SOURCES[spec["source"]].image_size) ** 2
    return int(values * (FLOAT_BYTES if spec.get("resize") == "float" else 1))


def _parameters(job: Job, plan: Plan) -> int | None:
    """Return the bytes of a run's parameters; a library's network is about as large as the file it starts from."""
    spec = RunSpec.model_validate(job.spec)
    if isinstance(spec.network, DescribedNetwork):
        return FLOAT_BYTES * count_parameters(spec.network, spec.input.size, spec.classes)
    sizes = [plan.by_folder[ref.folder].spec.get("size") for ref in job.inputs_of("downloads")]
    return sizes[0] if sizes else None


def count_parameters(network: DescribedNetwork, size: int, classes: int) -> int:
    """Return the number of weights and biases of a network for colour images of ``size`` x ``size`` pixels."""
    shapes: list[Shape] = [(3, size, size), *output_shapes(network, size, classes)]
    total = 0
    for layer, given, made in zip(network.layers, shapes, shapes[1:], strict=False):
        if isinstance(layer, Conv):
            total += made[0] * (given[0] * layer.kernel**2 + 1)
        elif isinstance(layer, Dense):
            total += made[0] * (given[0] + 1)
    return total
