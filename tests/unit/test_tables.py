"""A row a run: each quantity is of the epoch and the images that it says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep

from study.evaluation.metrics import split_metrics
from study.evaluation.results import RunResult, read_results
from study.evaluation.summary import summarise
from study.evaluation.summary_spec import SummarySpec
from study.evaluation.tables import QUANTITIES, inference_gap, run_row, statistics
from study.recipe.run import RunSpec
from study.store.jobs import Job
from support.edits import edit, edit_sidecar, in_history, in_json
from support.study_results import SyntheticStudy, make_study, write_artefact
from support.synthetic_arms import SCRATCH, SyntheticArm

EXACT = 1e-12
"""Sums and quotients of a few float64 numbers."""
CONV, NORM = (
    {"name": "conv1", "type": "Conv2d", "parameters": 9, "trainable": True},
    {"name": "bn1", "type": "BatchNorm2d", "parameters": 4, "trainable": True},
)


def split(accuracy: float, images: int = 400, at_chance: bool = False) -> dict[str, Any]:
    correct = round(accuracy * images)
    every_metric = split_metrics(np.array([0, 1]), np.eye(2, dtype=np.float32), 5)
    return every_metric | {
        "images": images,
        "correct": correct,
        "accuracy": correct / images,
        "log_loss": 1.0,
        "calibration_error": 0.1,
        "at_chance": at_chance,
    }


def run(**changes: Any) -> RunResult:
    """A run of four epochs that reports its second, the best one."""
    record = {
        "seconds": 40.0,
        "features": None,
        "epochs_trained": 4,
        "reported_epoch": 2,
        "ended": "planned",
        "device": {"name": "processor"},
        "precision": "float32",
        "threads": 2,
        "framework_version": "2.0",
        "layers": [CONV],
    }
    history = pd.DataFrame(
        {
            "epoch": [1, 2, 3, 4],
            "train_accuracy": [0.30, 0.70, 0.90, 0.20],
            "monitor_accuracy": [0.40, 0.60, 0.50, 0.10],
        }
    )
    metrics = {"train": split(0.75), "validation": split(0.60), "test": split(0.55)}
    spec = RunSpec.model_validate({**SCRATCH, "seed": 0})
    made = RunResult("a", 0, "0" * 16, spec, "float32", record, history, metrics, np.zeros(400, np.int16))
    return replace(made, record=record | changes.pop("record", {}), **changes)


def test_what_describes_a_run_is_of_its_reported_epoch_and_not_of_the_last() -> None:
    row = run_row(run())
    assert (row["train_accuracy_seen"], row["best_monitor_accuracy"]) == (0.70, 0.60)
    assert (row["reported_epoch"], row["epochs"], row["ended"]) == (2, 4, "planned")
    last = run_row(run(record={"reported_epoch": 4}))
    assert (last["train_accuracy_seen"], last["best_monitor_accuracy"]) == (0.20, 0.60)


def test_images_trained_on_and_images_set_aside_are_told_apart() -> None:
    row = run_row(run())
    assert (row["train_accuracy"], row["validation_accuracy"], row["test_accuracy"]) == (0.75, 0.60, 0.55)
    without = run(metrics={"train": split(0.75), "test": split(0.55)})
    assert run_row(without)["validation_accuracy"] is None


@pytest.mark.parametrize(
    ("train", "test", "collapsed"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_run_has_collapsed_if_it_predicts_at_chance_on_what_it_saw_and_what_it_did_not(
    train: bool, test: bool, collapsed: bool
) -> None:
    metrics = {"train": split(0.1, at_chance=train), "test": split(0.1, at_chance=test)}
    # What the last epoch's loss was, and what a record says, means nothing.
    assert run_row(run(metrics=metrics, record={"collapsed": not collapsed}))["collapsed"] is collapsed


def test_the_cost_of_features_is_told_with_the_runs_share_and_whole() -> None:
    row = run_row(run(features="f" * 16, features_takers=4, record={"features": {"seconds": 100.0}}))
    assert (row["seconds"], row["features_seconds"]) == (40.0, 100.0)
    assert (row["seconds_shared"], row["seconds_alone"]) == (65.0, 140.0)
    live = run_row(run())
    assert live["features_seconds"] is None
    assert live["seconds_shared"] == live["seconds_alone"] == 40.0


def with_features(store: Path) -> SyntheticStudy:
    """Two arms, the second of them twice; all runs but one used the same features."""
    one = SyntheticArm("one", None, {0: 0.6, 1: 0.7}, SCRATCH, records=dict.fromkeys((0, 1), FEATURES))
    two = replace(one, name="two", accuracies={0: 0.5}, records={0: FEATURES})
    study = make_study(store, [one, two])
    jobs = [Job("features", "f", {"number": number}, "c", (study.tensors[0],)) for number in (0, 1)]
    refs = [write_artefact(store, job, {}) for job in jobs]
    entries = [[ref.kind, ref.name, ref.lineage] for ref in refs]
    for run, predictions, entry in zip(
        study.runs, study.predictions, [entries[0], entries[1], entries[0]], strict=True
    ):
        edit_sidecar(store, run, inputs=[entry])
        edit_sidecar(store, predictions, inputs=[[run.kind, run.name, run.lineage], entry])
    twin = replace(two, name="twin")
    return replace(
        study,
        arms=[one, two, twin],
        runs=(*study.runs, study.runs[2]),
        predictions=(*study.predictions, study.predictions[2]),
        metrics=(*study.metrics, study.metrics[2]),
        tensors=(*study.tensors, study.tensors[1]),
    )


FEATURES = {"features": {"seconds": 90.0}, "seconds": 10.0}


def test_a_pass_is_shared_by_all_runs_that_took_its_features_each_once(tmp_path: Path) -> None:
    study = with_features(tmp_path)
    spec = SummarySpec.model_validate(study.summary_job.spec)
    results = read_results(tmp_path, study.summary_job, spec)
    shared = {(result.arm.name, run.seed): run_row(run)["seconds_shared"] for result in results for run in result.runs}
    assert shared == {("one", 0): 55.0, ("one", 1): 100.0, ("two", 0): 55.0, ("twin", 0): 55.0}
    found = statistics(results[0])
    assert found["seconds_shared"]["mean"] == pytest.approx(77.5, abs=EXACT)
    assert found["seconds_alone"]["mean"] == pytest.approx(100.0, abs=EXACT)
    assert found["seconds"]["mean"] == pytest.approx(10.0, abs=EXACT)


def gap(seen: float, measured: float, images: int, *layers: dict[str, Any]) -> dict[str, Any] | None:
    history = pd.DataFrame({"epoch": [1], "train_accuracy": [seen], "monitor_accuracy": [None]})
    record = {"reported_epoch": 1, "layers": list(layers)}
    return inference_gap(run(history=history, metrics={"train": split(measured, images)}, record=record))


def test_a_training_accuracy_that_falls_in_inference_mode_is_told_with_its_cause() -> None:
    assert gap(0.71, 0.25, 400, CONV, NORM) == {"seed": 0, "seen": 0.71, "measured": 0.25, "cause": "batch_norm"}
    assert gap(0.71, 0.25, 400, CONV) == {"seed": 0, "seen": 0.71, "measured": 0.25, "cause": "unknown"}
    frozen = {**NORM, "trainable": False}
    keras = {**NORM, "type": "BatchNormalization"}
    assert (gap(0.71, 0.25, 400, frozen) or {})["cause"] == "unknown"
    assert (gap(0.71, 0.25, 400, keras) or {})["cause"] == "batch_norm"


def test_a_rise_or_what_noise_explains_is_no_gap() -> None:
    assert gap(0.50, 0.70, 400, NORM) is None
    assert gap(0.70, 0.66, 50_000, NORM) is None  # many images, but too little to matter
    assert gap(0.70, 0.64, 50_000, NORM) is not None
    for seen in (34, 37):  # of 40 images: one within 4 standard errors of 20, one beyond
        low, _ = confint_proportions_2indep(seen, 40, 20, 40, method="wald", alpha=2 * norm.sf(4))
        assert (gap(seen / 40, 0.5, 40, NORM) is not None) == (low > 0)


def test_accuracies_by_other_labels_are_no_gap() -> None:
    history = pd.DataFrame({"epoch": [1], "train_accuracy": [0.9], "monitor_accuracy": [None]})
    record = {"reported_epoch": 1, "layers": [CONV]}
    memorised = run(history=history, metrics={"train": split(0.1, 400)}, record=record)
    assert inference_gap(memorised) is not None
    shuffled = memorised.spec.model_copy(update={"labels": "shuffled"})
    assert inference_gap(replace(memorised, spec=shuffled)) is None


def test_the_summary_has_a_gap_for_each_run_that_has_one(tmp_path: Path) -> None:
    arm = SyntheticArm("one", None, {0: 0.5, 1: 0.5}, {**SCRATCH, "monitor": "none"}, records={1: {"layers": [NORM]}})
    study = make_study(tmp_path, [arm])
    edit(tmp_path, study.runs[1], "history.csv", in_history(lambda h: h.assign(train_accuracy=0.99)))
    spec = SummarySpec.model_validate(study.summary_job.spec)
    (found,) = summarise(spec, read_results(tmp_path, study.summary_job, spec))["arms"]
    assert found["inference_gap"] == [{"seed": 1, "seen": 0.99, "measured": 0.55, "cause": "batch_norm"}]


def test_leaks_own_and_inherited_stand_in_the_summary(tmp_path: Path) -> None:
    inherited = {"arm": "source", "by": ["early_stop"], "inherited": True}
    own = {**SCRATCH, "monitor": "test", "result": "best"}
    arm = SyntheticArm("one", None, {0: 0.5}, own, inherited=(inherited,))
    study = make_study(tmp_path, [arm])
    spec = SummarySpec.model_validate(study.summary_job.spec)
    (found,) = summarise(spec, read_results(tmp_path, study.summary_job, spec))["arms"]
    assert found["leaks"] == [{"arm": "one", "by": ["result"], "inherited": False}, inherited]
    assert found["runs"][0]["steering"] == ["result"]


def test_a_run_that_diverged_keeps_its_best_epoch(tmp_path: Path) -> None:
    settings = {**SCRATCH, "monitor": "test", "result": "best", "epochs": 4}
    study = make_study(tmp_path, [SyntheticArm("one", None, {0: 0.6}, settings)])
    (made,) = study.runs
    course = in_history(lambda h: h[h["epoch"] < 4].assign(monitor_accuracy=[0.3, 0.6, 0.5]))
    edit(tmp_path, made, "history.csv", course)
    diverged = {"epochs_trained": 3, "reported_epoch": 2, "ended": "diverged", "diverged_in": 4}
    edit(tmp_path, made, "run.json", in_json(lambda record: record.update(diverged)))
    spec = SummarySpec.model_validate(study.summary_job.spec)
    ((result,),) = (read_results(tmp_path, study.summary_job, spec),)
    row = run_row(result.runs[0])
    assert (row["reported_epoch"], row["epochs"], row["ended"]) == (2, 3, "diverged")


def test_every_quantity_is_a_column() -> None:
    assert set(QUANTITIES) < run_row(run()).keys()
