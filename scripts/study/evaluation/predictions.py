"""Class scores as the prediction programs write them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.errors import StudyError
from study.evaluation.metrics import Labels, Scores

SPLITS = ("train", "test")
"""The splits of every run; images that were set aside are a third, ``validation``."""


def read_predictions(path: Path) -> dict[str, tuple[Labels, Scores]]:
    """Return labels, int64 [images], and scores, float32 [images, classes], of each split, in the order of the images.

    The splits are ``train``, the images trained on; ``validation``, those set aside, if there are any; and ``test``.
    Raises StudyError unless every test image appears once, every training image once in ``train`` or ``validation``,
    and each has a possible label and finite scores.
    """
    table = pd.read_parquet(path)
    columns = [name for name in table.columns if name.startswith("score_")]
    if columns != [f"score_{number}" for number in range(len(columns))] or len(columns) < 2:
        raise StudyError(f"{path}: must have the columns score_0, score_1, ... in this order; has {columns}")
    parts = {str(split): part.sort_values("image") for split, part in table.groupby("split")}
    if unknown := parts.keys() - {*SPLITS, "validation"}:
        raise StudyError(f"{path}: has an unknown split '{min(unknown)}'; {_again(path)}")
    for split in SPLITS:
        if split not in parts:
            raise StudyError(f"{path}, split {split}: has no images; {_again(path)}")
    order = [split for split in ("train", "validation", "test") if split in parts]
    training = np.concatenate([parts[split]["image"].to_numpy() for split in order if split != "test"])
    _check_numbers(path, "train", training)
    _check_numbers(path, "test", parts["test"]["image"].to_numpy())
    return {split: _split(path, split, parts[split], columns) for split in order}


def right_on_test(path: Path) -> npt.NDArray[np.bool_]:
    """Return whether each test image is classified correctly, bool [images], in the order of the images."""
    labels, scores = read_predictions(path)["test"]
    right: npt.NDArray[np.bool_] = scores.argmax(axis=1) == labels
    return right


def _check_numbers(path: Path, part: str, images: npt.NDArray[np.int64]) -> None:
    if not np.array_equal(np.sort(images), np.arange(len(images))):
        raise StudyError(f"{path}, split {part}: images are missing or duplicated; {_again(path)}")


def _split(path: Path, split: str, table: pd.DataFrame, columns: list[str]) -> tuple[Labels, Scores]:
    where = f"{path}, split {split}"
    labels = table["label"].to_numpy(dtype=np.int64)
    if labels.min() < 0 or labels.max() >= len(columns):
        raise StudyError(
            f"{where}: labels range from {labels.min()} to {labels.max()}, but there are {len(columns)} classes"
        )
    scores = table[columns].to_numpy(dtype=np.float32)
    wrong = int((~np.isfinite(scores)).any(axis=1).sum())
    if wrong:
        # Training again would give the same scores.
        raise StudyError(
            f"{where}: {wrong} of {len(table)} images have scores that are not finite; lower the arm's "
            "optimiser.learning_rate or, if its precision is float16 or bfloat16, set precision: float32"
        )
    return labels, scores


def _again(path: Path) -> str:
    return f"delete {path.parent} and run the snakemake command again"
