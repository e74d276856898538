"""A network and the data it computes on, put together."""

import torch

from study.backends.pytorch.cut import cut
from study.backends.pytorch.data import DeviceData
from study.backends.pytorch.network import Network
from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec


def connect(network: Network, spec: RunSpec, cache: TensorCache, device: torch.device) -> DeviceData:
    """The cache's data on a device; a network takes features from then on where the cache holds those."""
    if cache.holds_features:
        network.enter = cut(network).rest.forward
    return DeviceData(spec.input, cache, device, network.body_dtype)
