"""How far apart two computations of the same thing are."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from study.parity.sample import gradient_sequence
from study.parity.trace import QUANTILES
from study.store.parameters import Arrays

Array = NDArray[np.generic]
Distances = Mapping[str, float]
"""By tensor, in order; infinite if a tensor is missing, of another shape or not finite."""


def relative(one: Array, other: Array) -> float:
    """Return the largest difference between two tensors, relative to the largest value in them."""
    if one.shape != other.shape:
        return math.inf
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return math.inf
    if not first.size:
        return 0.0
    largest = max(np.abs(first).max(), np.abs(second).max())
    return float(np.abs(first - second).max() / largest) if largest else 0.0


def tensor_distances(one: Arrays, other: Arrays) -> Distances:
    """Return ``relative`` of each tensor, in the order of the first."""
    names = [*one, *(name for name in other if name not in one)]
    return {name: relative(one[name], other[name]) if name in one and name in other else math.inf for name in names}


def path_distances(found: Arrays, formula: Arrays) -> Distances:
    """How far paths of an optimiser [steps, K], by sequence of rates, are from those of its formula.

    Relative to how far the formula takes the parameter in all, for each of the K gradients' sizes by itself.
    """
    start, _ = gradient_sequence()
    distances = {}
    for name, path in formula.items():
        moved = np.abs(np.subtract(path, start)).max(axis=0)
        distances[name] = float((np.abs(np.subtract(found[name], path)).max(axis=0) / moved).max())
    return distances


def uniform_distances(quantiles: Mapping[str, Array], rule: Iterator[tuple[str, tuple[int, ...], float]]) -> Distances:
    """Return Kolmogorov's statistic times the root of the number of values, per parameter, against its rule.

    ``quantiles`` are those of the values at ``trace.QUANTILES``; the rule gives name, shape and bound, and the values
    should be uniform within the bound, or all 0 where it is 0. Values outside the bound are infinitely far.
    """
    distances = {}
    for name, shape, bound in rule:
        values = np.asarray(quantiles[name], np.float64)
        if np.abs(values).max() > bound * (1 + 1e-6):  # float32 draws may be rounded up to the bound
            distances[name] = math.inf
        elif bound == 0:
            distances[name] = 0.0
        else:
            probability = (values / bound + 1) / 2
            distances[name] = float(np.abs(probability - QUANTILES).max()) * math.sqrt(math.prod(shape))
    return distances
