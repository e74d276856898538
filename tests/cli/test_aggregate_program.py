import json

import pandas as pd

from study.store.artefacts import open_artefact
from support.programs import run_program
from support.study_results import make_study
from support.synthetic_arms import document_arms


def test_aggregate_writes_tables_and_summary(tmp_path):
    study = make_study(tmp_path, document_arms())
    finished = run_program("aggregate", tmp_path, study.summary_job)
    assert finished.returncode == 0, finished.stderr
    artefact = open_artefact(tmp_path, study.summary_job.ref)
    runs, arms, epochs = (pd.read_csv(artefact.file(f"{name}.csv")) for name in ("runs", "arms", "epochs"))
    assert len(runs) == 4 * 3
    assert len(epochs) == 4 * 3 * 3
    row = arms[(arms["arm"] == "scratch_pytorch") & (arms["quantity"] == "test_accuracy")].iloc[0]
    assert (row["n"], row["document"]) == (3, 0.6159)
    summary = json.loads(artefact.file("summary.json").read_text(encoding="utf-8"))
    assert [arm["name"] for arm in summary["arms"]] == [arm.name for arm in study.arms]


def test_aggregate_refuses_a_seed_that_stands_twice(tmp_path):
    job = make_study(tmp_path, document_arms()[:1]).summary_job
    runs = job.spec["arms"][0]["runs"]
    runs.append(runs[1])
    finished = run_program("aggregate", tmp_path, job)
    assert finished.returncode == 1
    assert "arm scratch_pytorch has seed 1 twice" in finished.stderr
    assert "Traceback" not in finished.stderr
