"""What a stopped training program leaves, and how it resumes; exhaustive, with a stand-in for the trainer."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from study.runs.checkpoints import FORMAT, list_checkpoints
from support.paths import KILL_AT, MODULES
from support.stopping import Gate, Training, same
from support.trainings import stopped_after


def test_killed_before_any_change_to_a_file_it_ends_as_if_never_stopped(reference: Training, tmp_path: Path) -> None:
    kills = 0
    for number in range(1, 1000):
        small = reference.elsewhere(tmp_path / str(number))
        killed = small.run(prefix=(KILL_AT, str(number), str(small.store.parent)))
        kills += killed.returncode == -signal.SIGKILL
        finished = small.run()
        assert finished.returncode == 0, f"change {number}: {finished.stderr}"
        assert same(small.result(), reference.result()), f"change {number}"
        left = {path.name for path in small.work.iterdir()} - {"train.log", "restored"}
        assert left == {"runs"}, f"change {number}"
        assert not list(small.store.parent.rglob(".tmp-*")), f"change {number}"
        shutil.rmtree(tmp_path / str(number))
        if killed.returncode == 0:
            break
    # Four epochs with three checkpoints, each of them several changes, and the result's files.
    assert kills > 40


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_stop_says_what_is_kept_and_goes_on(number: int, reference: Training, tmp_path: Path) -> None:
    small, gate = reference.elsewhere(tmp_path), Gate(tmp_path / "gate")
    process = small.start(**gate.variables)
    gate.wait()
    process.send_signal(number)
    _, error = process.communicate()
    assert process.returncode == 128 + number
    assert error == (
        f"stopped: {signal.Signals(number).name} in epoch 2; the state after epoch 1 is saved, "
        "and the same command resumes from there\n"
    )
    assert not list(small.work.glob("lease.*"))
    assert small.run().returncode == 0
    assert "resumes after epoch 1" in small.log
    assert same(small.result(), reference.result())


def test_a_training_ends_at_its_next_epoch_when_its_parent_is_gone(reference: Training, tmp_path: Path) -> None:
    small, gate = reference.elsewhere(tmp_path), Gate(tmp_path / "gate")
    # A shell between, as Snakemake's, that is killed; the program is its child.
    arguments = small.arguments("--end-with-parent", "--checkpoint-seconds", "3600")
    shell = subprocess.Popen(
        ["bash", "-c", f"{sys.executable} {' '.join(arguments)} & wait"],
        env=os.environ | {"PYTHONPATH": MODULES} | gate.variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    gate.wait()
    shell.kill()
    shell.wait()
    gate.open()
    small.wait_for("stopped: the process that started this training is gone; the state after epoch 2 is saved")
    assert small.run().returncode == 0
    assert "resumes after epoch 2" in small.log
    assert same(small.result(), reference.result())


def damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "flipped":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    else:
        with np.load(path) as arrays:
            everything = dict(arrays)
        about = json.loads(str(everything["about"]))
        if how == "another run":
            about["lineage"] = "0" * 16
        elif how == "another format":
            about["format"] = 0
        elif how == "lacks a variable":
            del everything["state/velocity"]
        everything["about"] = np.array(json.dumps(about))
        np.savez(path, **everything)


SAID = {
    "cut": "is skipped: it is damaged or truncated",
    "empty": "is skipped: it is damaged or truncated",
    "flipped": "is skipped: it is damaged or truncated",
    "another run": "is skipped: it belongs to another run (lineage 0000000000000000",
    "another format": f"is skipped: it has format 0, but this program writes format {FORMAT}",
    "lacks a variable": "is skipped: it lacks 1 arrays, such as 'state/velocity'",
}


@pytest.mark.parametrize("how", SAID)
def test_an_unusable_checkpoint_is_left_aside_for_the_one_before(how: str, reference: Training, tmp_path: Path) -> None:
    small = stopped_after(3, reference, tmp_path)
    # The stop may have come between writing the third and removing the first.
    latest, before, *_ = list_checkpoints(small.work)
    damage(latest, how)
    assert small.run().returncode == 0
    assert f"{latest.name} {SAID[how]}" in small.log
    assert f"resumes after epoch {int(before.stem[-6:])}" in small.log
    assert same(small.result(), reference.result())


def test_with_no_usable_checkpoint_it_starts_anew(reference: Training, tmp_path: Path) -> None:
    small = stopped_after(3, reference, tmp_path)
    for path in list_checkpoints(small.work):
        damage(path, "cut")
    assert small.run().returncode == 0
    assert same(small.result(), reference.result())


def test_a_full_disk_while_saving_keeps_the_last_state_and_the_training(reference: Training, tmp_path: Path) -> None:
    small = reference.elsewhere(tmp_path)
    # No file may grow beyond this: checkpoints are larger, everything else is smaller.
    process = subprocess.run(
        [sys.executable, *small.arguments()],
        env=os.environ | {"PYTHONPATH": MODULES},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
        capture_output=True,
        text=True,
    )
    assert "epoch 1 could not be saved (File too large); the training continues" in small.log
    assert list(small.work.glob(".tmp-*checkpoint*")) == []
    assert process.returncode == 0, process.stderr
    assert same(small.result(), reference.result())


def test_other_conditions_are_said_and_recorded(reference: Training, tmp_path: Path) -> None:
    small = stopped_after(2, reference, tmp_path)
    assert small.run("--threads", "2").returncode == 0
    assert "under other conditions, so rounding may differ: threads 1 then 2" in small.log
    (resumed,) = json.loads((small.store / small.job.ref.folder / "run.json").read_text())["resumed"]
    assert resumed["after_epoch"] in (1, 2)
    assert resumed["changed"] == {"threads": [1, 2]}
