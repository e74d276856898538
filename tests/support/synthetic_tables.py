"""Scores and histories that come to a chosen accuracy, and the bytes of files."""

import io
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.recipe.run import RunSpec


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def npy(array: npt.NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def labels_of(split: str, images: int, classes: int) -> npt.NDArray[np.int64]:
    """Labels of both splits, which have little in common."""
    labels = np.arange(images) % classes
    return labels if split == "test" else np.sort(labels)


def labels_and_scores(
    images: int, accuracy: float, classes: int, seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Test images' labels, and scores of which exactly the nearest possible share is right."""
    labels = labels_of("test", images, classes)
    return labels, scores_of(labels, accuracy, classes, seed)


def scores_of(labels: npt.NDArray[np.int64], accuracy: float, classes: int, seed: int) -> npt.NDArray[np.float32]:
    generator, images = np.random.default_rng(seed), len(labels)
    predicted = labels.copy()
    wrong = generator.permutation(images)[round(images * accuracy) :]
    predicted[wrong] = (labels[wrong] + generator.integers(1, classes, len(wrong))) % classes
    scores = generator.normal(size=(images, classes))
    scores[np.arange(images), predicted] = scores.max(axis=1) + generator.exponential(2.0, images) + 0.01
    return scores.astype(np.float32)


Splits = Mapping[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]]


def predictions_table(splits: Splits, places: Mapping[str, npt.NDArray[np.int64]] | None = None) -> pd.DataFrame:
    """Labels and scores by split, of the images 0, 1 ... or of those at ``places``."""
    parts = []
    for split, (labels, scores) in splits.items():
        images = np.arange(len(labels)) if places is None else places[split]
        columns = {f"score_{number}": scores[:, number] for number in range(scores.shape[1])}
        parts.append(pd.DataFrame({"split": split, "image": images, "label": labels, **columns}))
    return pd.concat(parts, ignore_index=True)


def history_table(spec: RunSpec, accuracy: float, has_collapsed: bool) -> pd.DataFrame:
    epochs = np.arange(1, spec.epochs + 1)
    reached = accuracy * (1 - np.exp(-epochs)) / (1 - math.exp(-spec.epochs))
    chance = math.log(spec.classes)
    monitored = spec.monitor != "none"
    return pd.DataFrame(
        {
            "epoch": epochs,
            "learning_rate": spec.optimiser.learning_rate,
            "train_loss": np.full(len(epochs), chance) if has_collapsed else chance * np.exp(-epochs / 3),
            "train_accuracy": np.minimum(1.0, reached * 1.1),
            "monitor_loss": chance * np.exp(-epochs / 6) if monitored else None,
            "monitor_accuracy": reached if monitored else None,
            "seconds": 12.5,
            "images_per_second": 4000.0,
            "monitor_seconds": 1.5 if monitored else None,
        }
    )
