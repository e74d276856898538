"""What one framework computed, as named tensors by stage, small enough to keep."""

import numpy as np
from numpy.typing import NDArray

from study.store.parameters import Arrays
from study.training.randomness import derive_seed

LIMIT = 65_536
"""Number of values kept from a larger tensor, at positions drawn at random, along with its norm."""

QUANTILES = np.linspace(0, 1, 101)
"""Where the initial values of a parameter are kept."""

Array = NDArray[np.generic]


class Trace:
    """Collects tensors in the order in which they are computed."""

    def __init__(self) -> None:
        self.tensors: dict[str, Array] = {}
        """By ``stage/tensor``."""

    def add(self, stage: str, tensor: str, values: Array) -> None:
        """Add a tensor; equally shaped tensors of one name are sampled at the same positions."""
        name = f"{stage}/{tensor}"
        values = np.ascontiguousarray(values)  # a norm adds up in memory order
        if values.size <= LIMIT:
            self.tensors[name] = values
            return
        generator = np.random.Generator(np.random.PCG64(derive_seed(values.size, name)))
        self.tensors[name] = values.reshape(-1)[generator.integers(0, values.size, LIMIT)]
        self.tensors[f"{name} (norm)"] = np.array(np.linalg.norm(values.astype(np.float64)))


def stage_tensors(tensors: Arrays, stage: str) -> dict[str, Array]:
    """Return the tensors of one stage by name."""
    return {name.removeprefix(f"{stage}/"): array for name, array in tensors.items() if name.startswith(f"{stage}/")}
