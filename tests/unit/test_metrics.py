import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp
from sklearn.metrics import log_loss

from study.errors import StudyError
from study.evaluation.metrics import calibration_error, split_metrics
from study.evaluation.predictions import read_predictions
from study_results import labels_and_scores, predictions_table

ROUNDING = 1e-12
"""Sums of a few hundred float64 values of order 1."""


def test_counts_correct_over_total_whatever_the_batches():
    labels = np.zeros(10_000, dtype=np.int64)
    scores = np.tile(np.float32([1.0, 0.0]), (10_000, 1))
    scores[-16:] = [0.0, 1.0]
    metrics = split_metrics(labels, scores, 15)
    assert metrics["correct"] == 9_984
    assert metrics["accuracy"] == 0.9984


def test_confusion_agrees_with_accuracy_and_with_the_classes():
    labels, scores = labels_and_scores(300, 0.7, 10, seed=1)
    metrics = split_metrics(labels, scores, 15)
    confusion = np.array(metrics["confusion"])
    assert np.trace(confusion) == metrics["correct"] == 210
    assert confusion.sum(axis=1).tolist() == [row["images"] for row in metrics["per_class"]] == [30] * 10
    assert sum(row["correct"] for row in metrics["per_class"]) == 210


def test_rows_of_the_confusion_are_true_classes():
    metrics = split_metrics(np.array([0, 0, 2]), np.eye(3, dtype=np.float32)[[0, 1, 2]], 15)
    assert metrics["confusion"] == [[1, 1, 0], [0, 0, 0], [0, 0, 1]]
    assert metrics["per_class"][1] == {"class": 1, "images": 0, "correct": 0, "accuracy": None}


def test_log_loss_agrees_with_scikit_learn():
    labels, scores = labels_and_scores(300, 0.7, 10, seed=2)
    wide = scores.astype(np.float64)
    probabilities = np.exp(wide - logsumexp(wide, axis=1, keepdims=True))
    assert split_metrics(labels, scores, 15)["log_loss"] == pytest.approx(log_loss(labels, probabilities), abs=1e-10)


def test_log_loss_of_large_scores_is_not_capped():
    scores = np.float32([[1000.0, 0.0]])
    assert split_metrics(np.array([1]), scores, 15)["log_loss"] == pytest.approx(1000.0, abs=ROUNDING)


def test_calibration_error_by_hand():
    confidence = np.array([0.15, 0.2, 0.95, 1.0])
    correct = np.array([True, False, True, False])
    # bins (0.1, 0.2] and (0.9, 1.0]: 2/4 * |0.5 - 0.175| + 2/4 * |0.5 - 0.975|
    assert calibration_error(confidence, correct, 10) == pytest.approx(0.4, abs=ROUNDING)


def test_calibration_error_is_0_if_confidence_is_earned():
    assert calibration_error(np.full(4, 0.75), np.array([True, True, True, False]), 15) == pytest.approx(
        0, abs=ROUNDING
    )


@pytest.fixture
def table():
    return predictions_table({"train": labels_and_scores(20, 0.5, 10, 0), "test": labels_and_scores(10, 0.5, 10, 1)})


def test_predictions_come_back_in_the_order_of_images(tmp_path, table):
    path = tmp_path / "predictions.parquet"
    table.sample(frac=1, random_state=0).to_parquet(path)
    splits = read_predictions(path)
    labels, scores = labels_and_scores(10, 0.5, 10, 1)
    assert np.array_equal(splits["test"][0], labels)
    assert np.array_equal(splits["test"][1], scores)
    assert len(splits["train"][0]) == 20


def _repeated(table):
    return pd.concat([table, table.iloc[[0]]])


def _infinite(table):
    return table.assign(score_3=np.float32("inf"))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_repeated, "split train: images are missing or stand there twice"),
        (lambda table: table.drop(index=3), "split train: images are missing or stand there twice"),
        (lambda table: table[table["split"] == "train"], "split test: holds no images"),
        (_infinite, "20 of 20 images have scores that are not finite"),
        (lambda table: table.assign(label=10), "labels go from 10 to 10; there are 10 classes"),
        (lambda table: table.drop(columns="score_4"), "must have the columns score_0, score_1"),
    ],
)
def test_spoiled_predictions_are_refused(tmp_path, table, spoil, message):
    path = tmp_path / "predictions.parquet"
    spoil(table).to_parquet(path)
    with pytest.raises(StudyError, match=message):
        read_predictions(path)
