"""The shapes of a PyTorch network's layers."""

from typing import Any

import torch
from torch import Tensor, nn

from performance.speed.arithmetic import Layer


@torch.no_grad()
def layers_of(model: nn.Module, inputs: Any) -> list[Layer]:
    """Convolutions and dense layers in the order in which they compute on one image."""
    found: list[Layer] = []

    def note(module: nn.Module, given: object, output: Tensor) -> None:
        weight = module.weight
        assert isinstance(weight, Tensor)
        parameters = sum(parameter.numel() for parameter in module.parameters())
        positions = output.shape[2:].numel()
        found.append(Layer(weight.numel(), parameters, positions, weight.requires_grad))

    hooks = [m.register_forward_hook(note) for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    was_training = model.training
    model.eval()(inputs)
    model.train(was_training)
    for hook in hooks:
        hook.remove()
    return found
