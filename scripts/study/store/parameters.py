"""Arrays as files: a single one, or a network's parameters by name."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from study.store.files import atomic

Arrays = Mapping[str, npt.NDArray[np.generic]]


def write_parameters(path: Path, parameters: Arrays) -> None:
    """Write arrays as an uncompressed .npz; equal arrays give equal bytes."""
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **dict(parameters))


def write_array(path: Path, array: npt.NDArray[np.generic]) -> None:
    """Write one array as .npy."""
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def read_parameters(path: Path) -> dict[str, npt.NDArray[np.generic]]:
    """Read what ``write_parameters`` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def are_finite(arrays: Arrays) -> bool:
    """Return whether all values of all arrays are finite."""
    return all(bool(np.isfinite(array).all()) for array in arrays.values())
