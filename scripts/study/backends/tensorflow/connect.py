"""Connecting a network with the data it computes on."""

from dataclasses import replace

from study.backends.tensorflow.cut import cut
from study.backends.tensorflow.data import DeviceData
from study.backends.tensorflow.network import Network
from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec


def connect(network: Network, spec: RunSpec, cache: TensorCache) -> tuple[Network, DeviceData]:
    """Return the network, which takes features if the cache has them, and the cache's data."""
    if cache.holds_features:
        network = replace(network, rest=cut(network).rest)
    return network, DeviceData(spec.input, cache)
