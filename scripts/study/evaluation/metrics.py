"""What class scores are worth: one code for all arms and frameworks."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax
from sklearn.metrics import confusion_matrix

Labels = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


def split_metrics(labels: Labels, scores: Scores, calibration_bins: int) -> dict[str, Any]:
    """Metrics of one split as plain JSON values.

    ``labels`` is int64 [images], ``scores`` float32 [images, classes] (logits). Accuracies and the calibration error
    are fractions, the log loss is in nats; ``confusion`` has true classes as rows and predicted ones as columns.
    """
    images, classes = scores.shape
    predicted = scores.argmax(axis=1)
    log_probabilities = log_softmax(scores.astype(np.float64), axis=1)
    confusion = confusion_matrix(labels, predicted, labels=np.arange(classes))
    correct = int(np.trace(confusion))
    return {
        "images": images,
        "correct": correct,
        "accuracy": correct / images,
        "log_loss": float(-log_probabilities[np.arange(images), labels].mean()),
        "calibration_error": calibration_error(
            np.exp(log_probabilities.max(axis=1)), predicted == labels, calibration_bins
        ),
        "per_class": per_class(confusion),
        "confusion": confusion.tolist(),
    }


def per_class(confusion: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    """Images and accuracy of every class; the accuracy of a class without images is None."""
    rows = []
    for index, row in enumerate(confusion.tolist()):
        images, correct = sum(row), row[index]
        accuracy = correct / images if images else None
        rows.append({"class": index, "images": images, "correct": correct, "accuracy": accuracy})
    return rows


def calibration_error(confidence: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_], bins: int) -> float:
    """Expected calibration error over bins of equal width, open on the left (Guo et al. 2017, "On calibration of
    modern neural networks", equations 3 and 5).

    ``confidence`` is the probability of the predicted class, 0 to 1.
    """
    number = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    surplus = np.bincount(number, weights=correct - confidence, minlength=bins)
    return float(np.abs(surplus).sum() / len(confidence))
