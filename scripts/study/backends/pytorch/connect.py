"""Connecting a network with the data it computes on."""

import torch

from study.backends.pytorch.cut import cut
from study.backends.pytorch.data import DeviceData
from study.backends.pytorch.network import Network
from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec


def connect(network: Network, spec: RunSpec, cache: TensorCache, device: torch.device) -> DeviceData:
    """Return the cache's data on a device; if the cache has features, the network takes those from then on."""
    if cache.holds_features:
        network.enter = cut(network).rest.forward
    return DeviceData(spec.input, cache, device, network.body_dtype)
