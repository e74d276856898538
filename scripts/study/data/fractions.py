"""The ``pillow`` rule as two products with integer matrices, which is the fastest way on a device."""

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from study.data.resize import PRECISION_BITS, ROUNDING, axis_weights


@dataclass(frozen=True)
class Fractions:
    """The weights along one axis, as fractions with one denominator.

    A mix of bytes is a whole number below 2**24, so exact in float32; after each product, it must be divided by the
    denominator and rounded, halves up.
    """

    numerators: NDArray[np.float32]
    """[S, source], whole numbers."""
    denominator: int


def pillow_fractions(source: int, size: int) -> Fractions | None:
    """Return the weights that enlarge ``source`` positions to ``size``; None if Pillow's weights round differently."""
    rows = axis_weights(source, size)
    remainders = ((2 * np.arange(size) + 1) * source - size) % (2 * size)
    divisor = gcd(2 * size, *remainders.tolist())
    high, denominator = remainders // divisor, 2 * size // divisor
    inner = rows.low != rows.high  # at the edges a byte is mixed with itself only
    weights = np.stack([high, rows.fixed_low, rows.fixed_high])[:, inner]
    if not all(_agree(denominator, *triple) for triple in np.unique(weights, axis=1).T.tolist()):
        return None
    numerators = np.zeros((size, source), np.float32)
    numerators[np.arange(size), rows.low] += denominator - high
    numerators[np.arange(size), rows.high] += high
    return Fractions(numerators, denominator)


def _agree(denominator: int, high: int, fixed_low: int, fixed_high: int) -> bool:
    """Return whether both methods round the mixes of all pairs of bytes in the same way."""
    one, other = np.arange(256)[:, None], np.arange(256)[None, :]
    fraction = (one * (denominator - high) + other * high + denominator // 2) // denominator
    return np.array_equal(fraction, (one * fixed_low + other * fixed_high + ROUNDING) >> PRECISION_BITS)
