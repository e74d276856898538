"""Metrics of class scores: the same code for all arms and frameworks."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax
from scipy.stats import binomtest, entropy
from sklearn.metrics import confusion_matrix

Labels = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]

LEVEL = 0.001
"""Significance below which more images are right than if predictions had nothing to do with labels."""
SMALL_KAPPA = 0.02
"""Share of what chance leaves wrong; a network that gets no more of it right knows hardly anything."""
SMALL_GAIN = 0.05
"""Nats by which a log loss must be below the labels' entropy to show that the probabilities carry information."""


def split_metrics(labels: Labels, scores: Scores, calibration_bins: int) -> dict[str, Any]:
    """Return the metrics of one split as plain JSON values.

    ``labels`` is int64 [images], ``scores`` float32 [images, classes] (logits). Accuracies and the calibration error
    are fractions, the log loss is in nats; ``confusion`` has true classes as rows and predicted ones as columns;
    ``at_chance`` is the result of the function of that name.
    """
    images, classes = scores.shape
    predicted = scores.argmax(axis=1)
    log_probabilities = log_softmax(scores.astype(np.float64), axis=1)
    confusion = confusion_matrix(labels, predicted, labels=np.arange(classes))
    correct = int(np.trace(confusion))
    log_loss = float(-log_probabilities[np.arange(images), labels].mean())
    confidence, right = np.exp(log_probabilities.max(axis=1)), predicted == labels
    return {
        "images": images,
        "correct": correct,
        "accuracy": correct / images,
        "log_loss": log_loss,
        "at_chance": at_chance(confusion, log_loss),
        "calibration_error": calibration_error(confidence, right, calibration_bins),
        "calibration": calibration(confidence, right, calibration_bins),
        "per_class": per_class(confusion),
        "confusion": confusion.tolist(),
    }


def at_chance(confusion: npt.NDArray[np.int64], log_loss: float) -> bool:
    """Return whether predictions say nothing, or hardly anything, about the labels.

    ``confusion`` is [true classes, predicted classes] and has at least one image; ``log_loss`` is in nats. Chance is
    the share of images that predictions with the same class frequencies, but independent of the labels, get right
    (Cohen 1960, "A coefficient of agreement for nominal scales"). Predictions are at chance if an exact one-sided
    binomial test at ``LEVEL`` finds no more of them right; or if kappa (ibid.), the share right of what chance leaves
    wrong, is at most ``SMALL_KAPPA`` while the log loss is not more than ``SMALL_GAIN`` below the entropy of the
    labels, the least loss possible for someone who knows only their frequencies.
    """
    images, correct = int(confusion.sum()), int(np.trace(confusion))
    labelled, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    # Whole numbers, so that a single predicted class gives exactly the share of its label.
    chance = int(labelled @ predicted) / images**2
    if binomtest(correct, images, chance, alternative="greater").pvalue >= LEVEL:
        return True
    kappa = (correct / images - chance) / (1 - chance)  # chance is below 1: at 1 all are right and the test says so
    return bool(kappa <= SMALL_KAPPA and log_loss >= entropy(labelled) - SMALL_GAIN)


def per_class(confusion: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return images and accuracy of every class; the accuracy of a class without images is None."""
    rows = []
    for index, row in enumerate(confusion.tolist()):
        images, correct = sum(row), row[index]
        accuracy = correct / images if images else None
        rows.append({"class": index, "images": images, "correct": correct, "accuracy": accuracy})
    return rows


def calibration(
    confidence: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_], bins: int
) -> list[dict[str, float | int]]:
    """Return the images, how many are right, and the sum of their confidence, in equal-width bins, open on the left.

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
    """Return the expected calibration error over the bins of ``calibration`` (Guo et al. 2017, "On calibration of
    modern neural networks", equations 3 and 5)."""
    found = calibration(confidence, correct, bins)
    return float(sum(abs(row["correct"] - row["confidence"]) for row in found) / len(confidence))
