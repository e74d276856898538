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
    confidence, right = np.exp(log_probabilities.max(axis=1)), predicted == labels
    return {
        "images": images,
        "correct": correct,
        "accuracy": correct / images,
        "log_loss": float(-log_probabilities[np.arange(images), labels].mean()),
        "calibration_error": calibration_error(confidence, right, calibration_bins),
        "calibration": calibration(confidence, right, calibration_bins),
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


def calibration(
    confidence: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_], bins: int
) -> list[dict[str, float | int]]:
    """Images, how many of them are right, and the sum of their confidence, in bins of equal width, open on the left.

    ``confidence`` is the probability of the predicted class, 0 to 1.
    """
    number = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    images = np.bincount(number, minlength=bins).tolist()
    right = np.bincount(number[correct], minlength=bins).tolist()
    total = np.bincount(number, weights=confidence, minlength=bins).tolist()
    return [
        {"images": n, "correct": r, "confidence": c, "from": k / bins, "to": (k + 1) / bins}
        for k, (n, r, c) in enumerate(zip(images, right, total, strict=True))
    ]


def calibration_error(confidence: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_], bins: int) -> float:
    """Expected calibration error over the bins of ``calibration`` (Guo et al. 2017, "On calibration of modern neural
    networks", equations 3 and 5)."""
    found = calibration(confidence, correct, bins)
    return float(sum(abs(row["correct"] - row["confidence"]) for row in found) / len(confidence))
