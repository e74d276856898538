"""The optimiser of a run in PyTorch: each kind is a file in ``optimisers``, found by name."""

from collections.abc import Iterable
from importlib import import_module

import torch
from torch import Tensor

from study.backends.pytorch.network import Network
from study.recipe.optimiser import OptimiserSettings
from study.recipe.run import RunSpec


def build_optimiser(network: Network, spec: RunSpec) -> torch.optim.Optimizer:
    """Return the run's optimiser over the trainable parameters."""
    return make_optimiser([parameter for parameter in network.parameters() if parameter.requires_grad], spec.optimiser)


def make_optimiser(parameters: Iterable[Tensor], spec: OptimiserSettings) -> torch.optim.Optimizer:
    """An optimiser over some parameters."""
    optimiser = spec.name
    module = import_module(f"study.backends.pytorch.optimisers.{optimiser}")
    made: torch.optim.Optimizer = module.make(parameters, spec)
    return made
