"""From stored images to a network's input, on the device."""

import torch
from torch import Tensor

from study.spec.data import InputSpec
from study.tensors.resize import PRECISION_BITS, taps
from study.tensors.scaling import SCALINGS


class Preparation:
    """Resizes and scales images: [N, h, w, 3] uint8 or float32 to [N, 3, S, S] float32.

    The arithmetic is that of ``study.tensors.resize`` and ``study.tensors.scaling``, step by step.
    """

    def __init__(self, spec: InputSpec, stored_size: int, device: torch.device) -> None:
        self.rule = spec.resize if spec.size != stored_size else None
        rows = taps(stored_size, spec.size)
        self.low = torch.from_numpy(rows.low).to(device)
        self.high = torch.from_numpy(rows.high).to(device)
        self.weight = torch.from_numpy(rows.weight).to(device)
        self.fixed_low = torch.from_numpy(rows.fixed_low).to(device)
        self.fixed_high = torch.from_numpy(rows.fixed_high).to(device)
        scaling = SCALINGS[spec.scaling]
        self.reverse_channels = scaling.reverse_channels
        # A tensor on the device, not a number: by a number, CUDA multiplies with the rounded reciprocal.
        self.divisor = torch.tensor(scaling.divisor, device=device)
        self.mean = torch.tensor(scaling.mean, device=device).view(3, 1, 1)
        self.deviation = torch.tensor(scaling.deviation, device=device).view(3, 1, 1)

    def __call__(self, images: Tensor) -> Tensor:
        """Prepare a batch."""
        # One memory layout whatever the store: convolutions round differently on another.
        values = images.permute(0, 3, 1, 2).contiguous()
        if self.rule == "pillow":
            values = self._round_pass(self._round_pass(values.int(), -1), -2)
        elif self.rule == "float":
            values = self._float_pass(self._float_pass(values.float(), -1), -2)
        values = values.float()
        if self.reverse_channels:
            values = values.flip(1)
        return (values / self.divisor - self.mean) / self.deviation

    def _round_pass(self, values: Tensor, axis: int) -> Tensor:
        low, high = values.index_select(axis, self.low), values.index_select(axis, self.high)
        weighted = low * _along(self.fixed_low, axis) + high * _along(self.fixed_high, axis)
        return (weighted + (1 << (PRECISION_BITS - 1))) >> PRECISION_BITS

    def _float_pass(self, values: Tensor, axis: int) -> Tensor:
        low, high = values.index_select(axis, self.low), values.index_select(axis, self.high)
        return low + (high - low) * _along(self.weight, axis)


def _along(weights: Tensor, axis: int) -> Tensor:
    return weights if axis == -1 else weights[:, None]
