"""Initial parameters drawn by NumPy: the same in both frameworks, determined by a run's settings and seed alone."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from study.recipe.layer_names import layer_names
from study.recipe.networks import Conv, Dense, DescribedNetwork
from study.recipe.run import RunSpec
from study.recipe.shapes import output_shapes
from study.training.randomness import derive_seed

Shape = tuple[int, ...]


def draw_parameters(spec: RunSpec) -> dict[str, NDArray[np.float32]]:
    """Return all parameters of a described network, float32, with the names and layouts of PyTorch's export.

    Each parameter is uniform within plus or minus its bound, from a generator of its own (PCG64).
    """
    drawn = {}
    for name, shape, bound in bounds(spec):
        generator = np.random.Generator(np.random.PCG64(derive_seed(spec.seed, f"initialisation:{name}")))
        drawn[name] = generator.uniform(-bound, bound, shape).astype(np.float32)
    return drawn


def bounds(spec: RunSpec) -> Iterator[tuple[str, Shape, float]]:
    """Yield name, shape and bound of every parameter of a described network whose ``init`` is given."""
    for name, shape in weight_shapes(spec):
        inputs, outputs = math.prod(shape[1:]), shape[0] * math.prod(shape[2:])
        fan_in_bound = 1 / math.sqrt(inputs)
        match spec.init:
            case "fan_in_uniform":  # torch.nn.init.kaiming_uniform_ with a = sqrt(5)
                bound = fan_in_bound
            case "glorot_uniform":  # Glorot & Bengio 2010, equation 16
                bound = math.sqrt(6 / (inputs + outputs))
            case _:
                raise ValueError("native initial values are drawn by the framework")
        yield f"{name}.weight", shape, bound
        yield f"{name}.bias", shape[:1], fan_in_bound if spec.bias_init == "fan_in_uniform" else 0.0


def weight_shapes(spec: RunSpec) -> Iterator[tuple[str, Shape]]:
    """Yield each layer with parameters and the shape of its weights: [out, in] or [out, in, height, width]."""
    network = spec.network
    if not isinstance(network, DescribedNetwork):
        raise ValueError("a library's network draws its initial values itself")
    given = [(3, spec.input.size, spec.input.size), *output_shapes(network, spec.input.size, spec.classes)]
    for name, layer, before, after in zip(layer_names(network.layers), network.layers, given, given[1:], strict=False):
        if isinstance(layer, Conv):
            yield name, (layer.filters, before[0], layer.kernel, layer.kernel)
        elif isinstance(layer, Dense):
            yield name, (after[0], before[0])
