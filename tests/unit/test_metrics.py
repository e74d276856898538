import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp
from sklearn.metrics import cohen_kappa_score, confusion_matrix, log_loss

from study.errors import StudyError
from study.evaluation.metrics import at_chance, calibration_error, split_metrics
from study.evaluation.predictions import read_predictions
from support.synthetic_tables import labels_and_scores, predictions_table

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


def test_bins_of_confidence_lie_end_to_end():
    labels = np.arange(40) % 4
    scores = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    bins = split_metrics(labels, scores, 5)["calibration"]
    assert [(one["from"], one["to"]) for one in bins] == [(number / 5, (number + 1) / 5) for number in range(5)]
    assert sum(one["images"] for one in bins) == 40
    assert sum(one["correct"] for one in bins) == (scores.argmax(axis=1) == labels).sum()


def test_calibration_error_is_0_if_confidence_is_earned():
    assert calibration_error(np.full(4, 0.75), np.array([True, True, True, False]), 15) == pytest.approx(
        0, abs=ROUNDING
    )


def table_of(right: int, images: int, classes: int) -> np.ndarray:
    """A confusion table with balanced classes in which ``right`` images are right and the rest are spread evenly."""
    labels = np.arange(images) % classes
    predicted = labels.copy()
    wrong = np.arange(right, images)
    predicted[wrong] = (labels[wrong] + 1 + np.arange(len(wrong)) // classes % (classes - 1)) % classes
    return np.histogram2d(labels, predicted, bins=(np.arange(classes + 1), np.arange(classes + 1)))[0].astype(np.int64)


GUESSING = 2.3026
"""ln 10, nats: the log loss of equal probabilities for 10 classes."""


@pytest.mark.parametrize(
    ("confusion", "log_loss", "expected"),
    [
        pytest.param(table_of(184, 200, 10), 8.8, False, id="92 % right with a loss far above guessing"),
        pytest.param(table_of(104, 200, 10), GUESSING - 0.01, False, id="52 % right with the loss of guessing"),
        pytest.param(table_of(20, 200, 10), GUESSING, True, id="10 % of 10 classes"),
        pytest.param(table_of(20, 200, 10), 0.5, True, id="10 % of 10 classes whatever the loss says"),
        pytest.param(np.eye(10, dtype=np.int64)[[3] * 10].T * 20, GUESSING, True, id="one label"),
        pytest.param(np.eye(10, dtype=np.int64)[[3] * 10] * 20, GUESSING, True, id="one predicted class"),
        pytest.param(np.array([[900, 0], [100, 0]]), 0.33, True, id="always the class that 90 % have"),
        pytest.param(np.array([[880, 20], [60, 40]]), 0.30, False, id="92 % where one class has 90 %"),
        pytest.param(table_of(5_000, 10_000, 2), 0.7, True, id="half of two classes"),
        pytest.param(table_of(5_050, 10_000, 2), 0.7, True, id="50.5 % of 10,000 are luck"),
        pytest.param(table_of(6_000, 10_000, 2), 0.7, False, id="60 % of two classes"),
        pytest.param(table_of(100, 10_000, 100), 4.6, True, id="1 % of 100 classes"),
        pytest.param(table_of(1_000, 10_000, 100), 4.6, False, id="10 % of 100 classes"),
        pytest.param(table_of(250, 10_000, 100), 4.6, True, id="2.5 % of 100 classes, no luck and hardly anything"),
        pytest.param(table_of(250, 10_000, 100), 4.5, False, id="2.5 % of 100 classes with a loss that knows more"),
        pytest.param(table_of(0, 200, 10), 5.0, True, id="all wrong"),
        pytest.param(np.array([[1, 0], [0, 0]]), 0.1, True, id="one image"),
        pytest.param(np.array([[0, 1], [0, 0]]), 3.0, True, id="one image, wrong"),
        pytest.param(np.array([[3, 0], [0, 3]]), 0.1, True, id="six of six: luck once in 64"),
        pytest.param(np.array([[5, 0], [0, 5]]), 0.1, False, id="ten of ten: luck once in 1,024"),
    ],
)
def test_a_run_is_at_chance_by_its_predictions(confusion, log_loss, expected):
    assert at_chance(confusion, log_loss) is expected


def test_scores_that_are_all_alike_are_at_chance():
    metrics = split_metrics(np.arange(100) % 4, np.zeros((100, 4), dtype=np.float32), 15)
    assert metrics["at_chance"] is True
    assert metrics["log_loss"] == pytest.approx(np.log(4), abs=ROUNDING)


def test_the_limit_of_kappa_is_that_of_scikit_learns_kappa():
    # 10,000 images of unequal classes, more right than by luck: the loss is that of guessing, so that kappa decides.
    generator = np.random.default_rng(0)
    labels = generator.choice(4, 10_000, p=[0.4, 0.3, 0.2, 0.1])
    found = []
    for share in np.linspace(0.0, 0.1, 41):
        predicted = np.where(generator.random(10_000) < share, labels, generator.permutation(labels))
        confusion = confusion_matrix(labels, predicted, labels=np.arange(4))
        kappa = cohen_kappa_score(labels, predicted)
        found.append((kappa <= 0.02, at_chance(confusion, np.log(4))))
    assert all(small <= chance for small, chance in found)
    # The test is significant from a kappa of 0.03 on, with these numbers, at the latest.
    clear = [(small, chance) for small, chance in found[15:]]
    assert clear == [(False, False)] * len(clear)


def test_predictions_that_have_nothing_to_do_with_labels_are_at_chance_999_times_in_1000():
    generator = np.random.default_rng(1)
    labels = np.arange(200) % 10
    missed = 0
    for _ in range(2_000):
        confusion = np.zeros((10, 10), dtype=np.int64)
        np.add.at(confusion, (labels, generator.integers(0, 10, 200)), 1)
        missed += not at_chance(confusion, 9.9)
    assert missed <= 8  # 2 are expected; 9 or more come once in 4,000


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


def aside(table, images):
    """The table of a run that set training images aside."""
    of_them = (table["split"] == "train") & table["image"].isin(images)
    return table.assign(split=table["split"].mask(of_them, "validation"))


def test_images_that_were_set_aside_are_a_split_of_their_own(tmp_path, table):
    path = tmp_path / "predictions.parquet"
    aside(table, [3, 11, 17]).sample(frac=1, random_state=0).to_parquet(path)
    splits = read_predictions(path)
    labels, scores = labels_and_scores(20, 0.5, 10, 0)
    assert list(splits) == ["train", "validation", "test"]
    assert np.array_equal(splits["validation"][0], labels[[3, 11, 17]])
    assert np.array_equal(splits["validation"][1], scores[[3, 11, 17]])
    assert np.array_equal(splits["train"][1], np.delete(scores, [3, 11, 17], axis=0))


def _repeated(table):
    return pd.concat([table, table.iloc[[0]]])


def _infinite(table):
    return table.assign(score_3=np.float32("inf"))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_repeated, "split train: images are missing or duplicated"),
        (lambda table: table.drop(index=3), "split train: images are missing or duplicated"),
        (lambda table: table[table["split"] == "train"], "split test: has no images"),
        (
            _infinite,
            r"20 of 20 images have scores that are not finite; lower the arm's optimiser\.learning_rate or, if",
        ),
        (lambda table: aside(table, [3]).drop(index=3), "split train: images are missing or duplicated"),
        (lambda table: aside(pd.concat([table, table.iloc[[3]]]), [3]), "split train: images are missing or dup"),
        (lambda table: aside(table, range(20)), "split train: has no images"),
        (lambda table: table.assign(split=table["split"].replace("test", "tests")), "has an unknown split 'tests'"),
        (lambda table: _infinite(aside(table, [3, 4]).sort_values("split")).iloc[10:], "split test: has no images"),
        (lambda table: table.assign(label=10), "labels range from 10 to 10, but there are 10 classes"),
        (lambda table: table.drop(columns="score_4"), "must have the columns score_0, score_1"),
    ],
)
def test_spoiled_predictions_are_refused(tmp_path, table, spoil, message):
    path = tmp_path / "predictions.parquet"
    spoil(table).to_parquet(path)
    with pytest.raises(StudyError, match=message) as found:
        read_predictions(path)
    assert "again" not in str(found.value) or f"delete {tmp_path} and run" in str(found.value)
