"""Every way in which a finished training can come back: it is trained again, or taken, and then Snakemake says so.

With real Snakemake, and a stand-in for the trainer, so that a row takes seconds.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from study.store.artefacts import drop_file, place_artefact, work_folder
from support.quick_study import Study, quick_study, share_results
from support.stopping import Gate
from support.waiting import wait_until

RESTORED = "note: scratch_pytorch seed 0 was restored and not trained"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study that was run to the end of its training."""
    return quick_study(tmp_path_factory.mktemp("trained") / "copy")


@pytest.fixture
def study(trained: Study, tmp_path: Path) -> Iterator[Study]:
    """A copy of it, to change."""
    yield Study(trained.workflow.copy(tmp_path / "copy"))
    shutil.rmtree(tmp_path / "copy")


def nothing(study: Study) -> tuple[str, ...]:
    return ()


def forced(*arguments: str) -> Callable[[Study], tuple[str, ...]]:
    """The next command's arguments; ``MODEL`` stands for the trained parameters."""

    def force(study: Study) -> tuple[str, ...]:
        model = str((study.folder / "model.npz").relative_to(study.workflow.root))
        return tuple(argument.replace("MODEL", model) for argument in arguments)

    return force


def delete_folder(study: Study) -> tuple[str, ...]:
    shutil.rmtree(study.folder)
    return ()


def delete_model(study: Study) -> tuple[str, ...]:
    (study.folder / "model.npz").unlink()
    return ()


def delete_all_output(study: Study) -> tuple[str, ...]:
    deleted = study.workflow.snakemake("--delete-all-output")
    assert deleted.returncode == 0, deleted.stderr
    assert not (study.folder / "model.npz").exists()
    return ()


def damage_and_do_as_told(study: Study) -> tuple[str, ...]:
    (study.folder / "model.npz").write_bytes(b"damaged")
    found = study.workflow.call("scripts/verify.py", "--configfile", study.workflow.config)
    assert f"delete {study.folder.relative_to(study.workflow.root)} and run" in found.stdout + found.stderr
    return delete_folder(study)


def drop_and_need(study: Study) -> tuple[str, ...]:
    """What ``keep_models: none`` does, and then an arm that begins with the dropped parameters."""
    drop_file(study.workflow.store, study.ref, "model.npz")

    def need(config: dict[str, Any]) -> None:
        config["study"]["arms"].append("pretrained_pytorch")
        config["arms"]["pretrained_pytorch"]["features"] = "live"

    study.workflow.configure(need)
    return ()


def remember_an_error_and_force(study: Study) -> tuple[str, ...]:
    (study.work / "error.json").write_text('{"sentence": "it diverged", "permanent": true, "session": null}')
    return ("-R", "train_pytorch")


def run_until_killed(study: Study) -> Gate:
    """Force the training and kill Snakemake while it waits in its last epoch, the first one saved."""
    gate = Gate(study.workflow.root / "gate")
    main = study.start(gate, "-R", "train_pytorch")
    gate.wait()
    main.kill()
    main.wait()
    return gate


def end_unseen(study: Study) -> tuple[str, ...]:
    """A training that ends after Snakemake was killed: complete, and marked as incomplete by Snakemake."""
    gate = run_until_killed(study)
    gate.open()
    wait_until((study.folder / "sidecar.json").exists, "the end of the training")
    wait_until(lambda: not (study.work / "lease.json").exists(), "the end of the training's process")
    (study.work / "train.log").unlink()  # counts anew
    return ()


def then(*steps: Callable[[Study], tuple[str, ...]]) -> Callable[[Study], tuple[str, ...]]:
    """Several steps one after the other; the last gives the arguments."""

    def do(study: Study) -> tuple[str, ...]:
        for step in steps:
            arguments = step(study)
        return arguments

    return do


def stop_unfinished(study: Study) -> tuple[str, ...]:
    """A forced training that is killed, together with Snakemake, after its first epoch."""
    run_until_killed(study)
    psutil.Process(study.trainer()).kill()
    (study.work / "train.log").unlink()
    return ()


def fail_after_the_end(study: Study) -> tuple[str, ...]:
    """A job that fails although its training is complete, as when a node goes away: Snakemake deletes its outputs."""
    failed = study.snakemake("-R", "train_pytorch", TEST_FAILURE="1")
    assert failed.returncode == 1
    assert not (study.folder / "model.npz").exists()
    (study.work / "train.log").unlink()
    return ()


def run_in_another_folder(study: Study) -> tuple[str, ...]:
    """A command in another folder that shares the results; it removes the copy, since for it nothing is incomplete."""
    other = share_results(study, study.workflow.root.parent / "other")
    finished = other.snakemake("-R", "preprocess")
    assert finished.returncode == 0, finished.stderr
    assert not (study.work / "runs").exists()
    return ()


def left_by_the_code_before(study: Study) -> tuple[str, ...]:
    """Copies that were kept for ever."""
    place_artefact(study.ref, study.workflow.store, work_folder(study.workflow.store, study.ref))
    return ()


ROWS: dict[str, tuple[Callable[[Study], tuple[str, ...]], str]] = {
    "forced by its rule": (forced("-R", "train_pytorch"), "trained"),
    "forced by a file of it": (forced("-R", "MODEL"), "trained"),
    "forced as a target": (forced("-f", "MODEL"), "trained"),
    "everything forced": (forced("-F"), "trained"),
    "folder deleted": (delete_folder, "trained"),
    "model deleted": (delete_model, "trained"),
    "all output deleted by Snakemake": (delete_all_output, "trained"),
    "damaged, and done as told": (damage_and_do_as_told, "trained"),
    "model dropped and needed": (drop_and_need, "trained"),
    "failed before by its settings, and forced": (remember_an_error_and_force, "trained"),
    "forced, with a copy that the code before left": (
        then(left_by_the_code_before, forced("-R", "train_pytorch")),
        "trained",
    ),
    "folder deleted, with a copy that the code before left": (then(left_by_the_code_before, delete_folder), "trained"),
    "all output deleted, with a copy that the code before left": (
        then(left_by_the_code_before, delete_all_output),
        "trained",
    ),
    "its end not seen": (end_unseen, "restored"),
    "its end not seen, and forced": (then(end_unseen, forced("-R", "train_pytorch")), "trained"),
    "its end not seen, and everything forced": (then(end_unseen, forced("-F")), "trained"),
    "its end not seen, and its folder deleted": (then(end_unseen, delete_folder), "trained"),
    "its end not seen, and a command in another folder": (then(end_unseen, run_in_another_folder), "restored"),
    "its job failed after its end": (fail_after_the_end, "restored"),
    "its job failed after its end, and forced": (then(fail_after_the_end, forced("-R", "train_pytorch")), "trained"),
    "a forced training stopped": (stop_unfinished, "went on"),
    "a forced training stopped, and forced again": (then(stop_unfinished, forced("-R", "train_pytorch")), "went on"),
    "nothing": (nothing, "nothing"),
}


@pytest.mark.parametrize("row", ROWS)
def test_every_way_back(row: str, study: Study, trained: Study) -> None:
    way, expected = ROWS[row]
    counted = {"trained": 1, "restored": 0, "went on": 0, "nothing": 0}[expected]
    arguments = way(study)
    begun = study.trained
    finished = study.snakemake(*arguments)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert study.trained - begun == counted
    assert (RESTORED in finished.stderr) == (expected == "restored")
    if expected == "went on":
        assert "resumes after epoch 1" in (study.work / "train.log").read_text(encoding="utf-8")
    assert study.model() == trained.model()
    left = {path.name for path in study.work.iterdir()} - {"train.log"}
    assert left == set(), "a copy, a lease, a checkpoint or a note was left behind"
