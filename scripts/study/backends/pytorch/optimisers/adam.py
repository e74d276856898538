"""Adam and AdamW in PyTorch."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor

from study.backends.pytorch.optimisers.in_form import InForm
from study.recipe.optimisers.adam import Adam


def make(parameters: Iterable[Tensor], spec: Adam) -> torch.optim.Optimizer:
    """PyTorch's own where it has the formula that is asked for, one of this module's where it has not."""
    if spec.adam_epsilon is None:
        return torch.optim.Adam(parameters, lr=spec.learning_rate, fused=True)
    epsilon = spec.adam_epsilon
    if spec.epsilon_placement == "before_correction":
        return AdamBeforeCorrection(parameters, spec, epsilon)
    kind = torch.optim.AdamW if spec.decay_form == "decoupled" else torch.optim.Adam
    return kind(parameters, lr=spec.learning_rate, eps=epsilon, weight_decay=spec.weight_decay or 0.0, fused=True)


class AdamBeforeCorrection(InForm):
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
