"""Cutting a network in two: the frozen part that it begins with, and the rest."""

from dataclasses import dataclass

import keras

from study.backends.tensorflow.network import Network
from study.errors import StudyError


@dataclass(frozen=True)
class Halves:
    """Both parts of a network; they share its layers."""

    frozen: keras.Model
    """From prepared images to features."""
    rest: keras.Model
    """From features to logits."""


def cut(network: Network) -> Halves:
    """Cut at the last place, before anything learns or is random, where one tensor carries all that the rest needs.

    Raises StudyError if the network does not begin with a frozen part.
    """
    model = network.model
    features = _place(network)
    return Halves(keras.Model(model.inputs, features), keras.Model(features, model.outputs))


def _place(network: Network) -> keras.KerasTensor:
    """Return the tensor with the features."""
    layers = network.model.layers  # in the order in which they compute
    position = {id(layer.output): number for number, layer in enumerate(layers)}
    last_uses = [0] * len(layers)
    for number, layer in enumerate(layers):
        for tensor in _tensors(layer.input):
            last_uses[position[id(tensor)]] = number
    place = None
    any_frozen = False
    last_use = 0
    """Position of the last layer that uses anything from before the current one."""
    for number, layer in enumerate(layers):
        if not _is_fixed(network, layer):
            break
        any_frozen = any_frozen or layer.name in network.frozen
        if any_frozen and last_use <= number:
            place = layer.output
        last_use = max(last_use, last_uses[number])
    if place is None:
        raise StudyError(
            "frozen: the network does not begin with frozen layers, so there are no features to compute once; "
            "set features: live for this arm"
        )
    return place


def _tensors(given: keras.KerasTensor | list[keras.KerasTensor]) -> list[keras.KerasTensor]:
    return given if isinstance(given, list) else [given]


def _is_fixed(network: Network, layer: keras.layers.Layer) -> bool:
    """Return whether a layer neither learns nor is random."""
    return layer.name in network.frozen or not (layer.weights or isinstance(layer, keras.layers.Dropout))
