"""A run whose parts do not belong together is refused, in one sentence that names the arm and the seed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.errors import StudyError
from study.evaluation.results import read_results
from study.evaluation.summary_spec import SummarySpec
from study.evaluation.ties import allowance
from study.store.jobs import Job, Ref
from study.training.randomness import split_validation
from support.edits import edit, edit_sidecar, in_history, in_json, in_predictions
from support.study_results import SyntheticStudy, make_study, write_artefact
from support.synthetic_arms import SCRATCH, SyntheticArm, document_arms

BEST = {"monitor": "validation", "validation_fraction": 0.2, "result": "best", "epochs": 4}


def study_of(store: Path, **settings: Any) -> SyntheticStudy:
    return make_study(store, [SyntheticArm("scratch_pytorch", "1.1", {0: 0.6, 1: 0.7}, {**SCRATCH, **settings})])


def read(study: SyntheticStudy) -> None:
    read_results(study.store, study.summary_job, SummarySpec.model_validate(study.summary_job.spec))


def refused(study: SyntheticStudy) -> str:
    with pytest.raises(StudyError) as error:
        read(study)
    text = str(error.value)
    assert text.count("\n") == 0
    return text


@pytest.mark.parametrize("settings", [{}, BEST, {"monitor": "none"}, {"monitor": "validation", **BEST}])
def test_what_belongs_together_is_read(tmp_path: Path, settings: dict[str, Any]) -> None:
    read(study_of(tmp_path, **settings))


RECORDS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another setting": (lambda r: r["spec"].update(batch_size=7), "different batch_size from what was asked for"),
    "another precision": (lambda r: r["spec"].update(precision="bfloat16"), "different precision from what was asked"),
    "more epochs": (lambda r: r.update(epochs_trained=9), "the record says 9 epochs"),
    "another epoch reported": (lambda r: r.update(reported_epoch=2), "epoch 2 is reported, but the last one is 3"),
    "no leak": (lambda r: r.update(leak=not r["leak"]), "does not say what its settings let"),
    "other steering": (lambda r: r.update(steering=["result"]), "does not say what its settings let"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_is_not_of_the_run_that_was_asked_for_is_refused(tmp_path: Path, name: str) -> None:
    change, words = RECORDS[name]
    study = study_of(tmp_path)
    edit(tmp_path, study.runs[1], "run.json", in_json(change))
    text = refused(study)
    assert text.startswith("arm scratch_pytorch, seed 1: ")
    assert words in text
    assert f"delete {tmp_path / study.runs[1].folder} and run the snakemake command again" in text


HISTORIES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "an epoch is missing": (lambda h: h[h["epoch"] != 2], "the history does not have each of them once"),
    "an epoch twice": (lambda h: h.assign(epoch=[1, 2, 2]), "the history does not have each of them once"),
    "another rate": (lambda h: h.assign(learning_rate=h["learning_rate"] / 2), "begins with learning rate 0.0005"),
    "another run's": (
        lambda h: h.assign(monitor_accuracy=h["monitor_accuracy"] - 0.011),
        "118 of 200 test images were right after epoch 3 of the training, but 120 are by the predictions",
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_that_is_not_the_runs_is_refused(tmp_path: Path, name: str) -> None:
    change, words = HISTORIES[name]
    study = study_of(tmp_path)
    edit(tmp_path, study.runs[0], "history.csv", in_history(change))
    assert words in refused(study)


def test_a_shorter_training_is_one_that_ended_early(tmp_path: Path) -> None:
    study = study_of(tmp_path, early_stop={"patience": 1}, epochs=3)

    def end(record: dict[str, Any]) -> None:
        record.update(epochs_trained=2, reported_epoch=2, ended="early_stop")

    def stop(history: pd.DataFrame) -> pd.DataFrame:
        return history[history["epoch"] < 3].assign(monitor_accuracy=[0.5, 0.6])

    edit(tmp_path, study.runs[0], "history.csv", in_history(stop))
    edit(tmp_path, study.runs[0], "run.json", in_json(end))
    read(study)
    edit(tmp_path, study.runs[0], "run.json", in_json(lambda record: record.update(ended="planned")))
    assert "2 epochs were trained, but 3 were planned" in refused(study)


def test_the_best_epoch_is_the_first_with_the_highest_monitored_accuracy(tmp_path: Path) -> None:
    study = study_of(tmp_path, **BEST)
    course = [0.3, 0.6, 0.6, 0.5]
    edit(tmp_path, study.runs[0], "history.csv", in_history(lambda h: h.assign(monitor_accuracy=course)))
    assert "epoch 4 is reported, but the best one is 2" in refused(study)
    edit(tmp_path, study.runs[0], "run.json", in_json(lambda record: record.update(reported_epoch=2)))
    read(study)


def test_the_monitored_accuracy_is_compared_with_that_of_the_monitored_split(tmp_path: Path) -> None:
    study = study_of(tmp_path, **BEST)
    wrong = in_history(lambda h: h.assign(monitor_accuracy=[0.1, 0.2, 0.3, 0.66]))
    edit(tmp_path, study.runs[0], "history.csv", wrong)
    assert "66 of 100 validation images were right after epoch 4 of the training, but 60 are" in refused(study)


@pytest.mark.parametrize(
    ("record", "images", "expected"),
    [
        ({"precision": "float32", "device": {}}, 200, 1),
        ({"precision": "float64", "device": {"tf32": False}}, 10_000, 10),
        ({"precision": "bfloat16", "device": {}}, 100, 2),
        ({"precision": "float16", "device": {}}, 10_000, 100),
        ({"precision": "float32", "device": {"tf32": True}}, 10_000, 100),
    ],
)
def test_what_rounding_explains_follows_from_the_arithmetic(record: dict[str, Any], images: int, expected: int) -> None:
    assert allowance(record, images) == expected


def other_predictions(study: SyntheticStudy) -> SyntheticStudy:
    """The study with the predictions, and their metrics, of both seeds exchanged."""
    return replace(study, predictions=study.predictions[::-1], metrics=study.metrics[::-1])


def test_predictions_and_metrics_of_another_run_are_refused(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    assert "the predictions belong to another run" in refused(other_predictions(study))
    assert "the metrics belong to other predictions" in refused(replace(study, metrics=study.metrics[::-1]))


def test_predictions_from_other_features_than_the_run_was_trained_on_are_refused(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    (tensors,) = study.tensors
    features = [write_artefact(tmp_path, Job("features", "f", {"seed": s}, "c", (tensors,)), {}) for s in (0, 1)]
    entries = [[ref.kind, ref.name, ref.lineage] for ref in (*features, *study.runs)]
    for run, own in zip(study.runs, entries, strict=False):
        edit_sidecar(tmp_path, run, inputs=[own])
    for predictions, own, run in zip(study.predictions, entries[:2], entries[2:], strict=True):
        edit_sidecar(tmp_path, predictions, inputs=[run, own])
    read(study)
    edit_sidecar(tmp_path, study.predictions[0], inputs=[entries[2], entries[1]])
    assert "made from features other than those the run was trained on" in refused(study)
    edit_sidecar(tmp_path, study.predictions[0], inputs=[entries[2], ["tensors", tensors.name, tensors.lineage]])
    assert "made from features other than those the run was trained on" in refused(study)


def test_features_of_other_images_than_the_arms_are_refused_and_deleted_ones_are_not_missed(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    strange = Job("features", "f", {}, "c", (Ref("tensors", "t", "0" * 16),))
    features = [strange.ref.kind, strange.ref.name, strange.ref.lineage]
    for run, predictions in zip(study.runs, study.predictions, strict=True):
        edit_sidecar(tmp_path, run, inputs=[features])
        edit_sidecar(tmp_path, predictions, inputs=[[run.kind, run.name, run.lineage], features])
    read(study)
    write_artefact(tmp_path, strange, {})
    assert "the run was trained on images other than those of its arm" in refused(study)


def test_an_arm_with_other_images_than_its_runs_is_refused(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    other = make_study(tmp_path, [replace(study.arms[0], checksum=None)])
    assert "trained on images other than those of its arm" in refused(replace(study, tensors=other.tensors))


PREDICTIONS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "images are missing": (lambda t: t.iloc[:-3], "197 test images were predicted, but the data have 200"),
    "an image twice": (
        lambda t: t.assign(image=t["image"].where((t["split"] != "test") | (t["image"] != 7), 8)),
        "the test images that were predicted, or their labels, are not the data's",
    ),
    "other labels": (
        lambda t: t.assign(label=np.where(t["split"] == "test", (t["label"] + 1) % 10, t["label"])),
        "the test images that were predicted, or their labels, are not the data's",
    ),
    "labels of the other split": (
        lambda t: t.assign(label=np.where(t["split"] == "train", t["image"] % 10, t["label"])),
        "the train images that were predicted, or their labels, are not the data's",
    ),
}


@pytest.mark.parametrize("name", PREDICTIONS)
def test_predictions_of_other_images_or_labels_are_refused(tmp_path: Path, name: str) -> None:
    change, words = PREDICTIONS[name]
    study = study_of(tmp_path)
    edit(tmp_path, study.predictions[0], "predictions.parquet", in_predictions(change))
    assert words in refused(study)


def test_the_images_set_aside_are_those_that_the_runs_seed_draws(tmp_path: Path) -> None:
    study = study_of(tmp_path, **BEST)
    drawn, other = (set(split_validation(500, 0.2, seed)[1]) for seed in (0, 1))

    def of_another_seed(table: pd.DataFrame) -> pd.DataFrame:
        aside = table["image"].isin(other) & (table["split"] != "test")
        trained = table["image"].isin(drawn - other) & (table["split"] == "validation")
        split = table["split"].mask(aside, "validation").mask(trained, "train")
        return table.assign(split=split)

    edit(tmp_path, study.predictions[0], "predictions.parquet", in_predictions(of_another_seed))
    assert "images that were predicted, or their labels, are not the data's" in refused(study)


METRICS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another split": (lambda m: m.update(validation=m["train"]), "train and test and validation images were scored"),
    "fewer images": (lambda m: m["test"].update(images=100), "100 test images were scored, but the data have 200"),
    "other labels": (
        lambda m: m["train"].update(confusion=np.diag([41, 59, *[50] * 8]).tolist()),
        "the train images were scored with labels other than those of the data",
    ),
    "more right": (lambda m: m["test"].update(correct=130), "130 test images are scored as right, but 120 are"),
}


@pytest.mark.parametrize("name", METRICS)
def test_metrics_of_other_images_or_labels_are_refused(tmp_path: Path, name: str) -> None:
    change, words = METRICS[name]
    study = study_of(tmp_path)
    edit(tmp_path, study.metrics[0], "metrics.json", in_json(change))
    assert words in refused(study)


def test_precision_auto_may_have_come_to_anything(tmp_path: Path) -> None:
    study = study_of(tmp_path, precision="auto")
    for run in study.runs:
        settle = in_json(lambda r: (r["spec"].update(precision="bfloat16"), r.update(precision="bfloat16")))
        edit(tmp_path, run, "run.json", settle)
    read(study)


def test_the_documents_own_arms_are_read(tmp_path: Path) -> None:
    read(make_study(tmp_path, document_arms()))
