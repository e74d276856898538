"""The optimiser of a run in PyTorch: each kind is a file in ``optimisers``, by its name."""

from collections.abc import Iterable

import torch
from torch import Tensor

from study.backends.pytorch.network import Network
from study.recipe.optimisers import Optimiser
from study.recipe.run import RunSpec
from study.registry import entry


def build_optimiser(network: Network, spec: RunSpec) -> torch.optim.Optimizer:
    """The run's optimiser over the trainable parameters."""
    return make_optimiser([parameter for parameter in network.parameters() if parameter.requires_grad], spec.optimiser)


def make_optimiser(parameters: Iterable[Tensor], spec: Optimiser) -> torch.optim.Optimizer:
    """An optimiser over some parameters."""
    made: torch.optim.Optimizer = entry("backends.pytorch.optimisers", spec.name).make(parameters, spec)
    return made
