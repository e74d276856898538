"""What had to come out in a known way: passed, failed or open."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from study.audit.arms import AuditArm
from study.audit.controls import control_rows
from study.config.blocks import Evaluation
from study.config.document import Curves, Section
from study.plan.experiment_specs import ControlKind, ControlSpec
from support.audit_arms import IMAGES, arm

FACTS = {"device": "cpu"}


def made(name: str, *accuracies: float, seeds: list[int] | None = None, losses: float = 1.0) -> AuditArm:
    seeds = list(range(len(accuracies))) if seeds is None else seeds
    found = arm(None, accuracies, name=name, facts=FACTS, seeds=seeds)
    epochs = [{"seed": seed, "epoch": epoch, "train_loss": losses / epoch} for seed in seeds for epoch in (1, 2)]
    return replace(found, epochs=pd.DataFrame(epochs))


def rows(kind: ControlKind, one: AuditArm, other: AuditArm, curves: Curves | None = None) -> list[dict[str, object]]:
    control = ControlSpec(kind=kind, arm=one.name, control=other.name, section="1.1")
    known: dict[Section, Curves] = {"1.1": curves} if curves else {}
    return control_rows(control, {one.name: one, other.name: other}, known, Evaluation())


def test_the_same_run_again_must_be_equal_on_a_cpu_in_every_image_and_loss() -> None:
    one = made("one", 0.7, 0.8)
    same = replace(one.with_seeds([0]), name="again")
    assert {row["outcome"] for row in rows("again", one, same)} == {"passed"}
    other_loss = replace(same, epochs=same.epochs.assign(train_loss=same.epochs["train_loss"] + 1e-7))
    assert {row["outcome"] for row in rows("again", one, other_loss)} == {"failed"}
    correct = same.correct.copy()
    correct[0, 5] ^= True
    found = {row["quantity"]: row for row in rows("again", one, replace(same, correct=correct))}
    assert found["same_images"]["outcome"] == "failed"
    assert found["same_images"]["value"] == pytest.approx(1 - 1 / IMAGES)


def test_on_a_gpu_the_spread_of_the_same_run_is_measured_and_nothing_more() -> None:
    one = replace(made("one", 0.7), facts={"device": "gpu"})
    other = replace(made("again", 0.71), facts={"device": "gpu"})
    found = {row["quantity"]: row for row in rows("again", one, other)}
    assert {row["outcome"] for row in found.values()} == {"measured"}
    assert found["difference"]["value"] == pytest.approx(0.01, abs=1 / IMAGES)


def test_other_seeds_are_held_against_the_arms_own_by_welchs_test() -> None:
    one = made("one", 0.70, 0.72, 0.71, 0.69)
    other = made("other", 0.71, 0.70, 0.72, 0.70, seeds=[1000, 1001, 1002, 1003])
    (row,) = rows("other_seeds", one, other)
    expected = stats.ttest_ind(other.correct.mean(axis=1), one.correct.mean(axis=1), equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert row["outcome"] == "passed"
    assert (row["p"], row["low"], row["high"]) == pytest.approx((expected.pvalue, interval.low, interval.high))
    far = made("other", 0.81, 0.80, 0.82, 0.80, seeds=[1000, 1001, 1002, 1003])
    assert rows("other_seeds", one, far)[0]["outcome"] == "failed"
    assert rows("other_seeds", one, made("other", 0.7, seeds=[1000]))[0]["outcome"] == "open"


def test_shuffled_labels_must_end_at_chance() -> None:
    one = made("one", 0.7, 0.8, 0.75)
    assert rows("shuffled_labels", one, made("s", 0.10, 0.102, 0.099))[0]["outcome"] == "passed"
    assert rows("shuffled_labels", one, made("s", 0.30, 0.31, 0.305))[0]["outcome"] == "failed"
    assert rows("shuffled_labels", one, made("s", 0.05, 0.10, 0.20))[0]["outcome"] == "open"
    (row,) = rows("shuffled_labels", one, made("s", 0.1))
    assert (row["outcome"], row["expected"]) == ("passed", 0.1)
    exact = stats.binomtest(IMAGES // 10, IMAGES).proportion_ci(0.95, method="exact")
    assert (row["low"], row["high"]) == pytest.approx((exact.low, exact.high))


def test_another_precision_must_lie_within_the_margin() -> None:
    one = made("one", 0.700, 0.702, 0.701, 0.699, 0.700, 0.701)
    near, far = (made("o", *(accuracy + shift for accuracy in one.correct.mean(axis=1))) for shift in (0.0, 0.05))
    near = replace(near, correct=_moved(one.correct, 2))
    assert rows("other_precision", one, near)[0]["outcome"] == "passed"
    moved = replace(far, correct=_moved(one.correct, 100))
    assert rows("other_precision", one, moved)[0]["outcome"] == "failed"


def _moved(correct: np.ndarray, images: int) -> np.ndarray:
    """The same, with some more images right: not the same number with every seed."""
    moved = correct.copy()
    for seed, row in enumerate(moved):
        row[np.flatnonzero(~row)[: images + seed % 2]] = True
    return moved


def test_the_starting_epoch_is_the_one_from_which_the_authors_epochs_follow() -> None:
    train = [0.3 + 0.02 * epoch for epoch in range(1, 21)]
    test = [0.25 + 0.02 * epoch for epoch in range(1, 21)]
    longer = arm(None, [0.7, 0.7], name="longer", facts=FACTS)
    epochs = [
        {"seed": seed, "epoch": n + 1, "train_accuracy": train[n] + 0.001 * seed, "monitor_accuracy": test[n]}
        for seed in (0, 1)
        for n in range(20)
    ]
    longer = replace(longer, epochs=pd.DataFrame(epochs))
    curves = Curves(train_accuracy=tuple(train[4:14]), test_accuracy=(None, *test[5:14]))
    found = rows("starting_epoch", made("one", 0.7), longer, curves)
    assert [row["epoch"] for row in found] == list(range(11))
    assert min(found, key=lambda row: row["value"])["epoch"] == 4
    assert {row["outcome"] for row in found} == {"measured"}
    first = next(row for row in found if row["epoch"] == 0)
    assert first["value"] == pytest.approx(0.08, abs=0.001)
    assert not rows("starting_epoch", made("one", 0.7), longer)


def test_a_control_whose_runs_are_missing_has_no_rows() -> None:
    control = ControlSpec(kind="again", arm="one", control="again")
    assert not control_rows(control, {"one": made("one", 0.7)}, {}, Evaluation())
