import json

from study.jobs import Job
from study.store.artefacts import open_artefact
from study_results import code, document_arms, make_study, run_program


def test_evaluate_scores_a_runs_predictions(tmp_path):
    study = make_study(tmp_path, document_arms(seeds=(0,))[:1])
    job = Job("metrics", "pytorch-s0", {"calibration_bins": 15}, code("evaluate"), study.predictions)
    finished = run_program("evaluate", tmp_path, job)
    assert finished.returncode == 0, finished.stderr
    metrics = json.loads(open_artefact(tmp_path, job.ref).file("metrics.json").read_text(encoding="utf-8"))
    assert metrics["test"]["correct"] == 122  # 0.61 of 200 images
    assert metrics["train"]["images"] == 500


def test_evaluate_refuses_a_damaged_file(tmp_path):
    study = make_study(tmp_path, document_arms(seeds=(0,))[:1])
    (tmp_path / study.predictions[0].folder / "predictions.parquet").write_bytes(b"something else")
    job = Job("metrics", "pytorch-s0", {"calibration_bins": 15}, code("evaluate"), study.predictions)
    finished = run_program("evaluate", tmp_path, job)
    assert finished.returncode == 1
    assert "the file is damaged" in finished.stderr
    assert not (tmp_path / job.ref.folder).exists()
