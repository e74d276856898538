"""Dense layers that take no new memory for their weights at every step."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx


class Linear(nn.Linear):
    """``nn.Linear``, with the same values to the bit, whose cast weight and gradients lie in memory of its own.

    A wide layer's weight is larger than all activations: memory that is taken anew for its casts and its gradient costs
    a CPU more time than the products. A GPU's memory is kept by PyTorch itself: there the layer is ``nn.Linear``.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs)
        self._kept: dict[tuple[str, torch.dtype], Tensor] = {}

    @classmethod
    def of(cls, layer: nn.Linear) -> "Linear":
        """The same layer, with the same parameters."""
        linear = cls.__new__(cls)
        nn.Module.__init__(linear)
        linear.in_features, linear.out_features = layer.in_features, layer.out_features
        linear.weight, linear.bias, linear._kept = layer.weight, layer.bias, {}
        return linear

    def forward(self, values: Tensor) -> Tensor:
        """[N, inputs] to [N, outputs], in autocast's type where that is on."""
        device = values.device.type
        if device != "cpu":
            return super().forward(values)
        kind = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else self.weight.dtype
        result: Tensor = _Product.apply(values.to(kind), self.weight, self.bias, self)
        return result

    def weight_in(self, kind: torch.dtype) -> Tensor:
        """The weight's values in a type."""
        return self.weight.detach() if kind == self.weight.dtype else self.kept("weight", kind).copy_(self.weight)

    def add_gradient(self, gradients: Tensor, values: Tensor) -> None:
        """Add to the weight's gradient, from those of the outputs [N, outputs] and the inputs [N, inputs]."""
        if self.weight.grad is not None:  # which lies in the memory kept for it
            self.weight.grad += torch.mm(gradients.t(), values)
            return
        product = torch.mm(gradients.t(), values, out=self.kept("product", values.dtype))
        own = product.dtype == self.weight.dtype
        self.weight.grad = product if own else self.kept("gradient", self.weight.dtype).copy_(product)

    def kept(self, what: str, kind: torch.dtype) -> Tensor:
        """Memory of the weight's shape for one purpose."""
        if (what, kind) not in self._kept:
            with torch.inference_mode(False):  # so that it serves training too, whichever comes first
                self._kept[what, kind] = torch.empty_like(self.weight, dtype=kind, requires_grad=False)
        return self._kept[what, kind]


class _Product(torch.autograd.Function):
    """values @ weight.T + bias, in the values' type."""

    @staticmethod
    def forward(ctx: FunctionCtx, values: Tensor, weight: Tensor, bias: Tensor, layer: Linear) -> Tensor:
        used = layer.weight_in(values.dtype)
        ctx.save_for_backward(values)
        ctx.layer, ctx.used, ctx.bias_type = layer, used, bias.dtype  # type: ignore[attr-defined]
        return torch.addmm(bias.to(values.dtype), values, used.t())

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor | None, None, Tensor | None, None]:
        (gradient,) = gradients
        (values,) = ctx.saved_tensors
        needs_values, needs_weight, needs_bias, _ = ctx.needs_input_grad
        if needs_weight:
            ctx.layer.add_gradient(gradient, values)
        return (
            gradient @ ctx.used if needs_values else None,
            None,
            gradient.sum(0).to(ctx.bias_type) if needs_bias else None,
            None,
        )
