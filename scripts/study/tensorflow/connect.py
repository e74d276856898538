"""A network and the data it computes on, put together."""

from dataclasses import replace

from study.spec.training import RunSpec
from study.tensorflow.cut import cut
from study.tensorflow.data import DeviceData
from study.tensorflow.network import Network
from study.tensors.cache import TensorCache


def connect(network: Network, spec: RunSpec, cache: TensorCache) -> tuple[Network, DeviceData]:
    """The network, to be given features where the cache holds those, and the cache's data."""
    if cache.holds_features:
        network = replace(network, rest=cut(network).rest)
    return network, DeviceData(spec.input, cache)
