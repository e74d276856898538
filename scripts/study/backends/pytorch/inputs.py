"""From stored images to a network's input, on the device."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from study.data.fractions import Fractions, pillow_fractions
from study.data.resize import PRECISION_BITS, axis_weights
from study.data.scaling import SCALINGS
from study.recipe.data import InputSpec

PIECE = 8
"""Images prepared at a time on a CPU; few enough to stay in its cache."""


class Preparation:
    """Resizes and scales images: [N, h, w, 3] uint8 or float32 to [N, 3, S, S], channels last in memory.

    The values are those of ``study.data.resize`` and ``study.data.scaling``, computed in float32 and returned in
    ``kind``.
    """

    def __init__(
        self, spec: InputSpec, stored_size: int, device: torch.device, kind: torch.dtype = torch.float32
    ) -> None:
        self.size = spec.size
        self.kind = kind
        self.piece = PIECE if device.type == "cpu" else None
        self.enlarge = _enlarging(spec, stored_size, device)
        scaling = SCALINGS[spec.scaling]
        self.reverse_channels = scaling.reverse_channels
        # A tensor on the device, not a number: CUDA would multiply by the rounded reciprocal of a number.
        self.divisor = torch.tensor(scaling.divisor, device=device)
        # A row of pixels, not one pixel: repeating as few as three values is slow.
        self.mean, self.deviation = (
            torch.tensor(values, device=device).repeat(spec.size, 1) for values in (scaling.mean, scaling.deviation)
        )

    def __call__(self, images: Tensor) -> Tensor:
        """Prepare a batch."""
        shape = (len(images), self.size, self.size, 3)
        prepared = torch.empty(shape, dtype=self.kind, device=images.device)
        step = self.piece or len(images)
        for start in range(0, len(images), step):
            values = self.enlarge(images[start : start + step])
            if self.reverse_channels:
                values = values.flip(-1)
            prepared[start : start + step] = values.div_(self.divisor).sub_(self.mean).div_(self.deviation)
        return prepared.permute(0, 3, 1, 2)


def _enlarging(spec: InputSpec, stored_size: int, device: torch.device) -> Callable[[Tensor], Tensor]:
    """Return a function from stored images to float32 images [N, S, S, 3] with values from 0 to 255."""
    if spec.size == stored_size:
        return lambda images: images.to(torch.float32, copy=True)
    if spec.resize == "float":
        return _FloatMix(stored_size, spec.size, device)
    fractions = pillow_fractions(stored_size, spec.size)
    return _FixedMix(stored_size, spec.size, device) if fractions is None else _Products(fractions, device)


class _Products:
    """The ``pillow`` rule with the matrices of ``study.data.fractions``."""

    def __init__(self, fractions: Fractions, device: torch.device) -> None:
        self.denominator = torch.tensor(float(fractions.denominator), device=device)
        self.half = fractions.denominator // 2
        # In memory, pixels are columns of three channels each.
        columns = np.kron(fractions.numerators, np.eye(3, dtype=np.float32)).T
        self.columns = torch.from_numpy(np.ascontiguousarray(columns)).to(device)
        self.rows = torch.from_numpy(fractions.numerators).to(device)

    def __call__(self, images: Tensor) -> Tensor:
        count, height, width, channels = images.shape
        wide = self._round(images.reshape(-1, width * channels).float() @ self.columns)
        whole = self._round(self.rows @ wide.view(count, height, -1))
        return whole.view(count, len(self.rows), -1, channels)

    def _round(self, mixed: Tensor) -> Tensor:
        return mixed.add_(self.half).div_(self.denominator).floor_()


class _FixedMix:
    """The ``pillow`` rule with Pillow's integer weights, for any size."""

    def __init__(self, stored_size: int, size: int, device: torch.device) -> None:
        rows = axis_weights(stored_size, size)
        self.low, self.high = (torch.from_numpy(positions).to(device) for positions in (rows.low, rows.high))
        self.fixed_low = torch.from_numpy(rows.fixed_low).to(device)
        self.fixed_high = torch.from_numpy(rows.fixed_high).to(device)

    def __call__(self, images: Tensor) -> Tensor:
        return self._mix(self._mix(images.int(), 2), 1).float()

    def _mix(self, values: Tensor, axis: int) -> Tensor:
        low, high = values.index_select(axis, self.low), values.index_select(axis, self.high)
        weighted = low.mul_(_along(self.fixed_low, axis)).add_(high.mul_(_along(self.fixed_high, axis)))
        return weighted.add_(1 << (PRECISION_BITS - 1)).bitwise_right_shift_(PRECISION_BITS)


class _FloatMix:
    """The ``float`` rule."""

    def __init__(self, stored_size: int, size: int, device: torch.device) -> None:
        rows = axis_weights(stored_size, size)
        self.low, self.high = (torch.from_numpy(positions).to(device) for positions in (rows.low, rows.high))
        self.weight = torch.from_numpy(rows.weight).to(device)

    def __call__(self, images: Tensor) -> Tensor:
        return self._mix(self._mix(images.float(), 2), 1)

    def _mix(self, values: Tensor, axis: int) -> Tensor:
        low, high = values.index_select(axis, self.low), values.index_select(axis, self.high)
        return low.add_(high.sub_(low).mul_(_along(self.weight, axis)))


def _along(weights: Tensor, axis: int) -> Tensor:
    """Return weights of rows (axis 1) or columns (axis 2), shaped to multiply [N, height, width, channels]."""
    return weights.view(-1, 1, 1) if axis == 1 else weights.view(-1, 1)
