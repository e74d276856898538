"""Parts of a data set, and how many images of them are handled at once."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "test"]

Flags = NDArray[np.bool_]
"""One for each of some images."""
Indices = NDArray[np.int64]
"""Positions of images in a split."""

SCORING_BATCH = 100
"""Images per batch in inference mode: few, because of ResNet50's memory; no result depends on it beyond rounding."""
