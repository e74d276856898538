"""The demo, with one seed and one epoch: all four arms of the document, from nothing to the published report."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from conftest import ROOT, Workflow, new_workflow

WITHOUT_NETWORK = ("unshare", "--net", "--map-root-user")
ARMS = ("scratch_pytorch", "scratch_tensorflow", "pretrained_pytorch", "pretrained_tensorflow")


def shorten(config: dict[str, Any]) -> None:
    config["study"]["seeds"] = [0]
    config["override"] = {"epochs": 1}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """The finished demo; it ran without network where that can be had."""
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
    assert names == {str(Path("runs", arm, "seed-0", file)) for arm in ARMS for file in files}
    assert {"arms.csv", "epochs.csv", "runs.csv", "summary.json", "claims.json"} <= {
        path.name for path in (demo.results / "summary").iterdir()
    }


def test_a_second_command_has_nothing_to_do(demo: Workflow) -> None:
    assert demo.planned() == set()
