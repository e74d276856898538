"""A network and the data it computes on, put together."""

from dataclasses import replace

from study.backends.tensorflow.cut import cut
from study.backends.tensorflow.data import DeviceData
from study.backends.tensorflow.network import Network
from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec


def connect(network: Network, spec: RunSpec, cache: TensorCache) -> tuple[Network, DeviceData]:
    """The network, to be given features where the cache holds those, and the cache's data."""
    if cache.holds_features:
        network = replace(network, rest=cut(network).rest)
    return network, DeviceData(spec.input, cache)
