"""Stochastic gradient descent in PyTorch."""

from collections.abc import Iterable

import torch
from torch import Tensor

from study.backends.pytorch.optimisers.in_form import InForm
from study.recipe.optimisers.sgd import Sgd


def make(parameters: Iterable[Tensor], spec: Sgd) -> torch.optim.Optimizer:
    """PyTorch's own where it has the formula that is asked for, one of this module's where it has not."""
    if spec.momentum_form == "rate_inside" or spec.decay_form == "decoupled":
        return SgdInForm(parameters, spec)
    decay = spec.weight_decay or 0.0
    return torch.optim.SGD(parameters, lr=spec.learning_rate, momentum=spec.momentum, weight_decay=decay, fused=True)


class SgdInForm(InForm):
    """SGD with the rate inside or outside the velocity."""

    def __init__(self, parameters: Iterable[Tensor], spec: Sgd) -> None:
        super().__init__(parameters, spec)
        self.momentum = spec.momentum
        self.rate_inside = spec.momentum_form == "rate_inside"

    def update(self, parameter: Tensor, gradient: Tensor, rate: float) -> None:
        """Move one parameter in place."""
        state = self.state[parameter]
        if not state:
            state["velocity"] = torch.zeros_like(parameter)
        inside, outside = (rate, 1.0) if self.rate_inside else (1.0, rate)
        state["velocity"].mul_(self.momentum).add_(gradient, alpha=inside)
        parameter.sub_(state["velocity"], alpha=outside)
