"""The demo, with one epoch: all four arms of the document, from nothing to the published report."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pymupdf
import pytest

from support.paths import ROOT
from support.workflow import Workflow, new_workflow

WITHOUT_NETWORK = ("unshare", "--net", "--map-root-user")
SEEDS = (1, 0)
"""As they are written, and not as they are joined."""
ARMS = ("scratch_pytorch", "scratch_tensorflow", "pretrained_pytorch", "pretrained_tensorflow")
BETWEEN = ("frameworks_scratch_pytorch_framework", "frameworks_scratch_tensorflow_framework")
"""The arms of the demo's bridge between the first two: each in the other's framework."""


TRAINED = (*ARMS, *BETWEEN)


def shorten(config: dict[str, Any]) -> None:
    config["study"]["seeds"] = list(SEEDS)
    config["override"] = {"epochs": 1}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """The finished demo; it ran without a network if that is possible here."""
    workflow = new_workflow(tmp_path_factory.mktemp("demo") / "copy", ROOT / "config" / "demo.yaml")
    workflow.configure(shorten)
    finished = workflow.snakemake(prefix=WITHOUT_NETWORK if can_cut_network() else ())
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return workflow


def can_cut_network() -> bool:
    return (
        shutil.which("unshare") is not None
        and subprocess.run([*WITHOUT_NETWORK, "true"], capture_output=True, check=False).returncode == 0
    )


def test_it_needs_no_network(demo: Workflow) -> None:
    if not can_cut_network():
        pytest.skip("the network cannot be cut off here: unshare --net is not permitted")
    assert not (demo.store / "downloads").exists()


def test_the_report_is_there_in_both_formats(demo: Workflow) -> None:
    page = (demo.results / "report" / "report.es.html").read_text(encoding="utf-8")
    with pymupdf.open(demo.results / "report" / "report.es.pdf") as pdf:
        text = "".join(sheet.get_text() for sheet in pdf)
    for name in ("Desde cero con PyTorch", "Preentrenado con TensorFlow"):
        assert name in page
        assert name in " ".join(text.split())
    assert "parcial" not in page + text


def test_every_run_has_its_files_under_readable_names(demo: Workflow) -> None:
    names = {str(path.relative_to(demo.results)) for path in (demo.results / "runs").rglob("*") if path.is_file()}
    files = ("history.csv", "metrics.json", "model.npz", "predictions.parquet", "run.json")
    assert names == {
        str(Path("runs", arm, f"seed-{seed}", file)) for arm in TRAINED for seed in SEEDS for file in files
    }
    assert {"arms.csv", "epochs.csv", "runs.csv", "summary.json", "claims.json"} <= {
        path.name for path in (demo.results / "summary").iterdir()
    }


def test_every_number_of_a_run_is_of_its_own_arm_and_seed(demo: Workflow) -> None:
    runs = pd.read_csv(demo.results / "summary" / "runs.csv").set_index(["arm", "seed"])
    intervals = pd.read_csv(demo.results / "summary" / "intervals.csv").set_index(["arm", "runs"])
    assert sorted(runs.index) == [(arm, seed) for arm in sorted(TRAINED) for seed in sorted(SEEDS)]
    means: dict[str, float] = {}
    for arm in TRAINED:
        accuracies = []
        for seed in SEEDS:
            folder = demo.results / "runs" / arm / f"seed-{seed}"
            record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            assert (record["seed"], record["spec"]["seed"]) == (seed, seed)
            row = runs.loc[(arm, seed)]
            assert (folder / "run.json").resolve().parent.name.endswith(f"-s{seed}-{row['lineage']}")
            table = pd.read_parquet(folder / "predictions.parquet")
            test = table[table["split"] == "test"]
            scores = test[[name for name in test.columns if name.startswith("score_")]].to_numpy()
            accuracies.append(float((scores.argmax(axis=1) == test["label"]).mean()))
            # quotients of two whole numbers, which the files hold to the last digit or nearly so
            assert row["test_accuracy"] == pytest.approx(accuracies[-1], abs=1e-12)
            history = pd.read_csv(folder / "history.csv")
            assert row["train_accuracy_seen"] == pytest.approx(history["train_accuracy"].iloc[-1], abs=1e-12)
        means[arm] = sum(accuracies) / 2
        if arm in ARMS:
            assert intervals.loc[(arm, "all"), "mean"] == pytest.approx(means[arm], abs=1e-12)
    parts = pd.read_csv(demo.results / "summary" / "bridges.csv").query("runs == 'all'").set_index(["part", "step"])
    pytorch, tensorflow = means["scratch_pytorch"], means["scratch_tensorflow"]
    expected = {"from_start": means[BETWEEN[0]] - pytorch, "from_end": tensorflow - means[BETWEEN[1]]}
    for part, effect in expected.items():
        assert parts.loc[(part, "framework"), "effect"] == pytest.approx(effect, abs=1e-12)


def test_a_second_command_has_nothing_to_do(demo: Workflow) -> None:
    assert demo.planned() == set()
