"""Parameters of Keras networks: from files, from other runs, and out to files."""

from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from study.backends.tensorflow.network import Network, build
from study.errors import StudyError
from study.recipe.initialisation import draw_parameters
from study.recipe.layer_names import layer_names
from study.recipe.networks import Conv, Dense, DescribedNetwork, Flatten
from study.recipe.run import RunSpec
from study.recipe.shapes import Shape, output_shapes
from study.store.parameters import Arrays, read_parameters

Array = npt.NDArray[np.generic]


def initial_network(spec: RunSpec, weights: Path | None) -> Network:
    """Return the run's network as its training begins; ``weights`` is the file that the run's settings ask for."""
    network = build(spec, weights if spec.weights == "file" else None)
    if spec.init != "native":
        load_parameters(network, spec, draw_parameters(spec), head=True)
    if weights and spec.weights == "run":
        load_parameters(network, spec, read_parameters(weights), head=False)
    return network


def trained_network(spec: RunSpec, parameters: Path) -> Network:
    """Return the run's network with the parameters that its training ended with."""
    network = build(spec)
    load_parameters(network, spec, read_parameters(parameters), head=True)
    return network


def export_parameters(network: Network, spec: RunSpec) -> dict[str, Array]:
    """Return all variables by name.

    Described networks: names and layouts of ``study.backends.pytorch.weights.export_parameters``.
    A library's network: ``<layer>/<variable>`` and Keras' layouts.
    """
    return in_shared_layout(network, spec, {variable.path: variable.numpy() for variable in network.model.weights})


def in_shared_layout(network: Network, spec: RunSpec, values: Arrays) -> dict[str, Array]:
    """Return values given by their variables' paths with the names and in the layouts of an export."""
    return {
        name: _to_shared(values[variable.path], layout)
        for name, variable, layout in _variables(network, spec, head=True)
        if variable.path in values
    }


def load_parameters(network: Network, spec: RunSpec, arrays: Arrays, head: bool) -> None:
    """Set all variables, or all but the head's, to values that either framework's ``export_parameters`` gave.

    Raises StudyError if a name is missing or a shape differs.
    """
    for name, variable, layout in _variables(network, spec, head):
        if name not in arrays:
            raise StudyError(f"the weights have no '{name}', which the network needs")
        needed = _to_shared(np.broadcast_to(np.float32(0), variable.shape), layout).shape
        if arrays[name].shape != needed:
            raise StudyError(f"the weights' '{name}' has shape {arrays[name].shape}; the network needs {needed}")
        variable.assign(_from_shared(arrays[name], layout))


Layout = Conv | Shape | None
"""A convolution's kernel, a dense kernel with the shape that was flattened before it, or no change."""


def _variables(network: Network, spec: RunSpec, head: bool) -> list[tuple[str, keras.Variable, Layout]]:
    """Return name, variable and layout of each variable."""
    if not isinstance(spec.network, DescribedNetwork):
        return [
            (f"{layer.name}/{variable.name}", variable, None)
            for layer in network.model.layers
            if head or layer.name not in network.head
            for variable in layer.weights
            # The state of dropout's generator belongs to a training, not to a network.
            if "seed_generator" not in variable.path
        ]
    found: list[tuple[str, keras.Variable, Layout]] = []
    shapes = [(3, spec.input.size, spec.input.size), *output_shapes(spec.network, spec.input.size, spec.classes)]
    flattened: Shape = ()  # type: ignore[assignment]
    for name, layer, shape in zip(layer_names(spec.network.layers), spec.network.layers, shapes[:-1], strict=True):
        if isinstance(layer, Flatten):
            flattened = flattened or shape  # a second flattening changes nothing
        elif isinstance(layer, Conv | Dense) and (head or name not in network.head):
            kernel, bias = network.model.get_layer(name).weights
            found.append((f"{name}.weight", kernel, layer if isinstance(layer, Conv) else flattened))
            found.append((f"{name}.bias", bias, None))
            flattened = ()  # type: ignore[assignment]
    return found


def _to_shared(value: Array, layout: Layout) -> Array:
    if layout is None:
        return value
    if isinstance(layout, Conv):
        return np.ascontiguousarray(value.transpose(3, 2, 0, 1))
    if len(layout) == 3:
        channels, height, width = layout
        value = value.reshape(height, width, channels, -1).transpose(2, 0, 1, 3).reshape(channels * height * width, -1)
    return np.ascontiguousarray(value.T)


def _from_shared(value: Array, layout: Layout) -> Array:
    if layout is None:
        return value
    if isinstance(layout, Conv):
        return value.transpose(2, 3, 1, 0)
    value = value.T
    if len(layout) == 3:
        channels, height, width = layout
        value = value.reshape(channels, height, width, -1).transpose(1, 2, 0, 3).reshape(height * width * channels, -1)
    return value
