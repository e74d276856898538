"""Bilinear enlarging with half-pixel centres, by two rules.

Both mix two source positions per output position, first along rows, then along columns, so that NumPy, PyTorch and
TensorFlow can do the same arithmetic.

``pillow``: integer weights, rounded to 8 bits after each direction; equal to Pillow's ``Image.resize(BILINEAR)`` in
all values (Pillow, src/libImaging/Resample.c). ``float``: float32, never rounded, as ``tf.image.resize`` does.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Rule = Literal["pillow", "float"]

PRECISION_BITS = 32 - 8 - 2
"""Fractional bits of Pillow's integer weights."""
ROUNDING = 1 << (PRECISION_BITS - 1)
"""One half, added before the fractional bits are dropped."""


@dataclass(frozen=True)
class AxisWeights:
    """The two source positions of each of S output positions along one axis, and their weights."""

    low: NDArray[np.int32]
    """[S]"""
    high: NDArray[np.int32]
    """[S]; equal to ``low`` at the edges."""
    weight: NDArray[np.float32]
    """[S], the weight of ``high``, from 0 to below 1; ``low`` has the rest."""
    fixed_low: NDArray[np.int32]
    """[S], Pillow's weight of ``low`` times 2**PRECISION_BITS."""
    fixed_high: NDArray[np.int32]
    """[S], the same of ``high``."""


def axis_weights(source: int, size: int) -> AxisWeights:
    """Return the positions and weights that enlarge ``source`` positions to ``size``; raise ValueError to shrink."""
    if size < source:
        raise ValueError(f"cannot enlarge {source} to {size}")
    # exact: output i is at ((2 i + 1) source - size) / (2 size) in units of source positions
    low, remainder = np.divmod((2 * np.arange(size) + 1) * source - size, 2 * size)
    high = low + 1
    fixed_low, fixed_high = _pillow_weights(low, source, size)
    return AxisWeights(
        low=np.maximum(low, 0).astype(np.int32),
        high=np.minimum(high, source - 1).astype(np.int32),
        weight=(remainder / (2 * size)).astype(np.float32),
        fixed_low=fixed_low,
        fixed_high=fixed_high,
    )


def _pillow_weights(low: NDArray[np.int64], source: int, size: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the weights of ``low`` and ``low + 1`` as Pillow computes them, in the same order of double operations.

    Positions outside the image get none, and the remaining weights are normalised to 1.
    """
    centre = (np.arange(size) + 0.5) * (source / size)
    positions = np.stack([low, low + 1])
    tent = np.maximum(1.0 - np.abs(positions - centre + 0.5), 0.0)
    inside = np.where((positions >= 0) & (positions < source), tent, 0.0)
    normalised = inside / inside.sum(axis=0)
    fixed_low, fixed_high = (0.5 + normalised * (1 << PRECISION_BITS)).astype(np.int32)
    return fixed_low, fixed_high


def resize(images: NDArray[np.uint8], size: int, rule: Rule) -> NDArray[Any]:
    """Enlarge images [N, H, W, 3] to [N, size, size, 3]: uint8 by ``pillow``, float32 from 0 to 255 by ``float``."""
    rows, columns = axis_weights(images.shape[1], size), axis_weights(images.shape[2], size)
    if rule == "pillow":
        return _mix_fixed(_mix_fixed(images, columns, axis=2), rows, axis=1)
    return _mix_float(_mix_float(images, columns, axis=2), rows, axis=1)


def _mix_fixed(images: NDArray[np.uint8], axis_weights: AxisWeights, axis: int) -> NDArray[np.uint8]:
    low, high = (
        images.take(axis_weights.low, axis).astype(np.int32),
        images.take(axis_weights.high, axis).astype(np.int32),
    )
    low *= _along(axis_weights.fixed_low, axis)
    high *= _along(axis_weights.fixed_high, axis)
    low += high
    low += ROUNDING
    low >>= PRECISION_BITS
    return low.clip(0, 255, out=low).astype(np.uint8)


def _mix_float(images: NDArray[Any], axis_weights: AxisWeights, axis: int) -> NDArray[np.float32]:
    low, high = (
        images.take(axis_weights.low, axis).astype(np.float32),
        images.take(axis_weights.high, axis).astype(np.float32),
    )
    mixed: NDArray[np.float32] = low + (high - low) * _along(axis_weights.weight, axis)
    return mixed


def _along(values: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return a vector shaped to run along one axis of [N, H, W, 3]."""
    return values.reshape([-1 if dimension == axis else 1 for dimension in range(4)])
