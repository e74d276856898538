"""Class scores as the frameworks' prediction programs leave them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.errors import StudyError
from study.evaluation.metrics import Labels, Scores

SPLITS = ("train", "test")


def read_predictions(path: Path) -> dict[str, tuple[Labels, Scores]]:
    """Labels, int64 [images], and scores, float32 [images, classes], of each split, in the order of the images.

    Raises StudyError unless every image of a split stands there once, with a possible label and finite scores.
    """
    table = pd.read_parquet(path)
    columns = [name for name in table.columns if name.startswith("score_")]
    if columns != [f"score_{number}" for number in range(len(columns))] or len(columns) < 2:
        raise StudyError(f"{path}: must have the columns score_0, score_1, ... in this order; has {columns}")
    return {split: _split(path, split, table[table["split"] == split], columns) for split in SPLITS}


def right_on_test(path: Path) -> npt.NDArray[np.bool_]:
    """Whether each test image is classified rightly, bool [images], in the order of the images."""
    labels, scores = read_predictions(path)["test"]
    right: npt.NDArray[np.bool_] = scores.argmax(axis=1) == labels
    return right


def _split(path: Path, split: str, table: pd.DataFrame, columns: list[str]) -> tuple[Labels, Scores]:
    where = f"{path}, split {split}"
    table = table.sort_values("image")
    if table.empty:
        raise StudyError(f"{where}: holds no images; predict again")
    if not np.array_equal(table["image"].to_numpy(), np.arange(len(table))):
        raise StudyError(f"{where}: images are missing or stand there twice; predict again")
    labels = table["label"].to_numpy(dtype=np.int64)
    if labels.min() < 0 or labels.max() >= len(columns):
        raise StudyError(f"{where}: labels go from {labels.min()} to {labels.max()}; there are {len(columns)} classes")
    scores = table[columns].to_numpy(dtype=np.float32)
    wrong = int((~np.isfinite(scores)).any(axis=1).sum())
    if wrong:
        raise StudyError(f"{where}: {wrong} of {len(table)} images have scores that are not finite; train again")
    return labels, scores
