"""What optimisers of our own formulas share."""

from collections.abc import Callable, Iterable
from typing import overload

import torch
from torch import Tensor

from study.recipe.optimiser import OptimiserSettings


class InForm(torch.optim.Optimizer):
    """An optimiser whose state is a few tensors per parameter and whose update is a method."""

    def __init__(self, parameters: Iterable[Tensor], spec: OptimiserSettings) -> None:
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
