import json

import numpy as np

from study.store.artefacts import new_artefact, open_artefact
from study.store.jobs import Job
from support.programs import run_program
from support.study_results import code, make_study
from support.synthetic_arms import document_arms
from support.synthetic_tables import labels_and_scores, predictions_table


def test_evaluate_scores_a_runs_predictions(tmp_path):
    study = make_study(tmp_path, document_arms(seeds=(0,))[:1])
    job = Job("metrics", "pytorch-s0", {"calibration_bins": 15}, code("evaluate"), study.predictions)
    finished = run_program("evaluate", tmp_path, job)
    assert finished.returncode == 0, finished.stderr
    metrics = json.loads(open_artefact(tmp_path, job.ref).file("metrics.json").read_text(encoding="utf-8"))
    assert metrics["test"]["correct"] == 122  # 0.61 of 200 images
    assert metrics["train"]["images"] == 500


def evaluated(folder, splits):
    """What evaluate says and finds of predictions that are not a synthetic arm's."""
    predictions = Job("predictions", "made", {}, "synthetic")
    with new_artefact(folder, predictions) as place:
        predictions_table(splits).to_parquet(place / "predictions.parquet")
    job = Job("metrics", "made", {"calibration_bins": 15}, code("evaluate"), (predictions.ref,))
    finished = run_program("evaluate", folder, job)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout, json.loads((folder / job.ref.folder / "metrics.json").read_text(encoding="utf-8"))


def test_evaluate_says_that_a_run_has_learned_nothing(tmp_path):
    labels = np.arange(200) % 10
    chance = (labels, np.tile(np.float32([0.1] + [0.0] * 9), (200, 1)))
    learned = labels_and_scores(200, 0.9, 10, 0)
    said, metrics = evaluated(tmp_path / "nothing", {"train": chance, "test": chance})
    assert "this run has learned nothing" in said
    assert (metrics["train"]["at_chance"], metrics["test"]["at_chance"]) == (True, True)
    said, metrics = evaluated(tmp_path / "by heart", {"train": learned, "test": chance})
    assert said == ""
    assert (metrics["train"]["at_chance"], metrics["test"]["at_chance"]) == (False, True)


def test_evaluate_refuses_a_damaged_file(tmp_path):
    study = make_study(tmp_path, document_arms(seeds=(0,))[:1])
    (tmp_path / study.predictions[0].folder / "predictions.parquet").write_bytes(b"something else")
    job = Job("metrics", "pytorch-s0", {"calibration_bins": 15}, code("evaluate"), study.predictions)
    finished = run_program("evaluate", tmp_path, job)
    assert finished.returncode == 1
    assert "the file is damaged" in finished.stderr
    assert not (tmp_path / job.ref.folder).exists()
