"""Splits of a data set, and how many of their images are processed at once."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "test"]

Indices = NDArray[np.int64]
"""Indices of images in a split."""

SCORING_BATCH = 100
"""Images per batch in inference mode: few, because of ResNet50's memory; it affects results at most by rounding."""
