"""More epochs for a finished run, with real Snakemake and a stand-in for the trainer."""

import re
from pathlib import Path
from typing import Any

import pytest

from study.store.artefacts import open_artefact
from support.quick_study import Study, quick_study


def configure(study: Study, **settings: Any) -> None:
    """Settings of the study; ``epochs`` is the arm's."""
    epochs = settings.pop("epochs", None)

    def change(config: dict[str, Any]) -> None:
        config.update(settings)
        config["arms"]["scratch_pytorch"]["epochs"] = epochs or config["arms"]["scratch_pytorch"]["epochs"]

    study.workflow.configure(change)


def cost_of_training(study: Study) -> str:
    """What ``make why`` says of the only training."""
    told = study.workflow.call("scripts/why.py", "--configfile", study.workflow.config)
    assert told.returncode == 0, told.stderr
    (paragraph,) = re.findall(r"^train scratch_pytorch seed 0 .*\n((?:    .*\n)+)", told.stdout, re.MULTILINE)
    assert "epochs: " in paragraph, "the reason is not told"
    return str(paragraph.splitlines()[-1].strip())


def train(study: Study) -> tuple[bytes, str]:
    """Parameters and log of the newest training."""
    before = {folder.name for folder in study.workflow.store.glob("runs/*")}
    finished = study.snakemake()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    (name,) = {folder.name for folder in study.workflow.store.glob("runs/*")} - before
    log = (study.workflow.results / "work" / "runs" / name / "train.log").read_text(encoding="utf-8")
    return (study.workflow.store / "runs" / name / "model.npz").read_bytes(), log


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of two epochs that was run to the end of its training; no state was asked for."""
    return quick_study(tmp_path_factory.mktemp("trained") / "copy")


def test_more_epochs_go_on_from_a_run_whose_state_was_kept(trained: Study, tmp_path: Path) -> None:
    study = Study(trained.workflow.copy(tmp_path / "copy"))
    configure(study, epochs=4)
    cost = cost_of_training(study)
    assert re.match(r"costs all 4 epochs(, about .*)?: the last state of the finished run of 2 epochs was not", cost)
    straight, log = train(study)
    assert "epoch 1/4" in log

    other = Study(trained.workflow.copy(tmp_path / "other"))
    configure(other, keep_models="all_with_state", epochs=3)
    train(other)
    configure(other, epochs=4)
    assert re.match(r"costs 1 of 4 epochs(, about .*)?: resumes from runs/pytorch-", cost_of_training(other))
    extended, log = train(other)
    assert re.findall(r"epoch (\d)/4", log) == ["4"]
    assert extended == straight


def test_a_change_of_what_is_kept_trains_nothing(trained: Study, tmp_path: Path) -> None:
    study = Study(trained.workflow.copy(tmp_path / "copy"))
    before = study.model()
    configure(study, keep_models="all_with_state")
    finished = study.snakemake()
    assert finished.returncode == 0, finished.stderr
    assert study.model() == before
    assert not list((study.workflow.results / "work").rglob("finished.npz"))
    assert open_artefact(study.workflow.store, study.ref).names
