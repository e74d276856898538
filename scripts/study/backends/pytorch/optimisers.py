"""Optimisers in PyTorch, from their specifications."""

import math
from collections.abc import Callable, Iterable
from typing import overload

import torch
from torch import Tensor

from study.backends.pytorch.network import Network
from study.recipe.defaults import DEFAULTS
from study.recipe.optimisers import Adam, Optimiser, Sgd
from study.recipe.run import RunSpec


def build_optimiser(network: Network, spec: RunSpec) -> torch.optim.Optimizer:
    """The run's optimiser over the trainable parameters."""
    return make_optimiser([parameter for parameter in network.parameters() if parameter.requires_grad], spec.optimiser)


def make_optimiser(parameters: Iterable[Tensor], spec: Optimiser) -> torch.optim.Optimizer:
    """PyTorch's own optimiser where it has the formula that is asked for, one of this module's where it has not."""
    rate, decay = spec.learning_rate, spec.weight_decay or 0.0
    if isinstance(spec, Adam):
        epsilon = spec.adam_epsilon or DEFAULTS["pytorch"].adam_epsilon
        if spec.epsilon_placement == "before_correction":
            return AdamBeforeCorrection(parameters, spec, epsilon)
        kind = torch.optim.AdamW if spec.decay_form == "decoupled" else torch.optim.Adam
        return kind(parameters, lr=rate, eps=epsilon, weight_decay=decay, fused=True)
    if spec.momentum_form == "rate_inside" or spec.decay_form == "decoupled":
        return SgdInForm(parameters, spec)
    return torch.optim.SGD(parameters, lr=rate, momentum=spec.momentum, weight_decay=decay, fused=True)


class _InForm(torch.optim.Optimizer):
    """An optimiser whose state is a few tensors per parameter and whose update is a method."""

    def __init__(self, parameters: Iterable[Tensor], spec: Optimiser) -> None:
        super().__init__(parameters, {"lr": spec.learning_rate})
        self.decay = spec.weight_decay or 0.0
        self.coupled = spec.decay_form == "coupled"

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], float]) -> float: ...
    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Move every parameter that has a gradient; ``closure`` is not used."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                gradient = parameter.grad
                if self.coupled:
                    gradient = gradient + self.decay * parameter
                elif self.decay:
                    parameter.mul_(1 - group["lr"] * self.decay)
                self.update(parameter, gradient, group["lr"])
        return None

    def update(self, parameter: Tensor, gradient: Tensor, rate: float) -> None:
        """Move one parameter in place."""
        raise NotImplementedError


class AdamBeforeCorrection(_InForm):
    """Adam with epsilon beside the uncorrected root: Kingma & Ba 2015, end of section 2."""

    def __init__(self, parameters: Iterable[Tensor], spec: Adam, epsilon: float) -> None:
        super().__init__(parameters, spec)
        self.epsilon = epsilon

    def update(self, parameter: Tensor, gradient: Tensor, rate: float) -> None:
        """Move one parameter in place."""
        state = self.state[parameter]
        if not state:
            state["step"] = torch.zeros((), dtype=torch.float32)
            state["exp_avg"], state["exp_avg_sq"] = torch.zeros_like(parameter), torch.zeros_like(parameter)
        state["step"] += 1
        step = state["step"].item()
        state["exp_avg"].mul_(0.9).add_(gradient, alpha=1 - 0.9)
        state["exp_avg_sq"].mul_(0.999).addcmul_(gradient, gradient, value=1 - 0.999)
        corrected_rate = rate * math.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        parameter.addcdiv_(state["exp_avg"], state["exp_avg_sq"].sqrt().add_(self.epsilon), value=-corrected_rate)


class SgdInForm(_InForm):
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
