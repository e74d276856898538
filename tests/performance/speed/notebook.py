"""What both notebooks start from: a data set in memory."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def read_split(folder: Path, split: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images [N, 32, 32, 3] and labels [N]."""
    return np.load(folder / f"{split}_images.npy"), np.load(folder / f"{split}_labels.npy")
