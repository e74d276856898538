"""A network and the data it computes on, put together."""

import torch

from study.pytorch.cut import cut
from study.pytorch.data import DeviceData
from study.pytorch.network import Network
from study.spec.training import RunSpec
from study.tensors.cache import TensorCache


def connect(network: Network, spec: RunSpec, cache: TensorCache, device: torch.device) -> DeviceData:
    """The cache's data on a device; a network takes features from then on where the cache holds those."""
    if cache.holds_features:
        network.enter = cut(network).rest.forward
    return DeviceData(spec.input, cache, device, network.body_dtype)
