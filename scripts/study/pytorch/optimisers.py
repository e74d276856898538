"""Optimisers in PyTorch, from their specifications."""

import torch

from study.pytorch.network import Network
from study.spec.training import Adam, RunSpec


def build_optimiser(network: Network, spec: RunSpec) -> torch.optim.Optimizer:
    """The framework's own optimiser over the trainable parameters."""
    trainable = [parameter for parameter in network.parameters() if parameter.requires_grad]
    if isinstance(spec.optimiser, Adam):
        return torch.optim.Adam(trainable, lr=spec.optimiser.learning_rate)
    return torch.optim.SGD(trainable, lr=spec.optimiser.learning_rate, momentum=spec.optimiser.momentum)
