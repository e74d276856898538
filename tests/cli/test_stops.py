"""What a training program leaves when it is stopped, and how it goes on; exhaustive with a stand-in for the trainer."""

import fcntl
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from study.runs.checkpoints import list_checkpoints
from study.store.artefacts import drop_file, is_complete
from support.paths import KILL_AT, MODULES
from support.stopping import Gate, Training, same, training


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """A training that was never stopped."""
    straight = training("numpy", tmp_path_factory.mktemp("straight"))
    assert straight.run().returncode == 0
    return straight


def stopped_after(epochs: int, reference: Training, folder: Path) -> Training:
    """A training that was killed after some epochs, each of which it saved."""
    small = reference.elsewhere(folder)
    process = small.start()
    small.wait_for(f"epoch {epochs}/")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return small


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
        "and the same command goes on from there\n"
    )
    assert not list(small.work.glob("lease.*"))
    assert small.run().returncode == 0
    assert "goes on after epoch 1" in small.log
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
    assert "goes on after epoch 2" in small.log
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
    "cut": "is left aside: it is damaged or cut short",
    "empty": "is left aside: it is damaged or cut short",
    "flipped": "is left aside: it is damaged or cut short",
    "another run": "is left aside: it is of another run (lineage 0000000000000000",
    "another format": "is left aside: it has format 0, and this program writes format 2",
    "lacks a variable": "is left aside: it lacks 1 arrays, such as 'state/velocity'",
}


@pytest.mark.parametrize("how", SAID)
def test_an_unusable_checkpoint_is_left_aside_for_the_one_before(how: str, reference: Training, tmp_path: Path) -> None:
    small = stopped_after(3, reference, tmp_path)
    # The stop may have come between writing the third and removing the first.
    latest, before, *_ = list_checkpoints(small.work)
    damage(latest, how)
    assert small.run().returncode == 0
    assert f"{latest.name} {SAID[how]}" in small.log
    assert f"goes on after epoch {int(before.stem[-6:])}" in small.log
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
    assert "epoch 1 could not be saved (File too large); training goes on" in small.log
    assert list(small.work.glob(".tmp-*checkpoint*")) == []
    assert process.returncode == 0, process.stderr
    assert same(small.result(), reference.result())


def test_a_second_trainer_waits_and_takes_the_finished_result(reference: Training, tmp_path: Path) -> None:
    small, gate = reference.elsewhere(tmp_path), Gate(tmp_path / "gate")
    first = small.start(**gate.variables)
    gate.wait()
    second = small.start()
    assert "waits for process" in first_line(second)
    gate.open()
    first.communicate()
    said, _ = second.communicate()
    assert (first.returncode, second.returncode) == (0, 0)
    assert "another process finished this run meanwhile; its result is taken" in said
    assert small.log.count("epoch 1/") == 1
    assert same(small.result(), reference.result())


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_a_dead_trainers_lease_is_taken_over_at_once(reference: Training, tmp_path: Path) -> None:
    small = stopped_after(1, reference, tmp_path)
    assert (small.work / "lease.json").exists()
    finished = small.run()
    assert finished.returncode == 0
    assert "waits for" not in finished.stdout
    assert same(small.result(), reference.result())


CONTAINER = ("unshare", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable)
"""Runs Python with process numbers of its own, under the same host name, as containers do."""
needs_containers = pytest.mark.skipif(
    subprocess.run([*CONTAINER, "-c", ""], capture_output=True, check=False).returncode != 0,
    reason="this machine does not let this user make PID namespaces",
)


@needs_containers
@pytest.mark.parametrize("inside", ["first", "second", "both"])
@pytest.mark.parametrize("locks", ["locks that both see", "locks that reach nobody else"])
def test_a_holder_in_another_container_is_waited_for(
    inside: str, locks: str, reference: Training, tmp_path: Path
) -> None:
    small, gate = reference.elsewhere(tmp_path), Gate(tmp_path / "gate")
    places = {"first": (CONTAINER, ()), "second": ((), CONTAINER), "both": (CONTAINER, CONTAINER)}
    one, two = places[inside]
    first = small.start(interpreter=one, **gate.variables)
    gate.wait()
    if locks == "locks that reach nobody else":
        (small.work / "lease.lock").unlink()
    second = small.start(interpreter=two)
    assert "waits for process" in first_line(second)
    gate.open()
    first.communicate()
    second.communicate()
    assert (first.returncode, second.returncode) == (0, 0)
    assert small.log.count("epoch 1/") == 1
    assert same(small.result(), reference.result())


@needs_containers
def test_a_holder_whose_container_is_gone_is_waited_for_until_its_lease_expires(
    reference: Training, tmp_path: Path
) -> None:
    small, gate = reference.elsewhere(tmp_path), Gate(tmp_path / "gate")
    first = small.start(interpreter=CONTAINER, **gate.variables)
    gate.wait()
    first.kill()
    first.communicate()
    second = small.start()
    assert "waits for process" in first_line(second)
    os.utime(small.work / "lease.json", (0, 0))
    second.communicate()
    assert second.returncode == 0
    assert "goes on after epoch 1" in small.log
    assert same(small.result(), reference.result())


ELSEWHERE = {
    "process": {"host": "node7", "boot": "0" * 8, "namespace": "1", "number": 1, "started": 1},
    "slurm_job": "42",
    "slurm_restarts": 0,
    "since": "2020-01-01 00:00:00",
    "folder": "/home/mar/study",
}
"""A holder on another host."""


@pytest.mark.parametrize("its_lock", ["free, as locks do not reach", "taken for ever, as its host is gone"])
def test_a_lease_of_a_holder_elsewhere_is_waited_for_until_it_expires(
    its_lock: str, reference: Training, tmp_path: Path
) -> None:
    small = reference.elsewhere(tmp_path)
    lease = small.work / "lease.json"
    lease.parent.mkdir(parents=True)
    lease.write_text(json.dumps(ELSEWHERE))
    with lease.with_suffix(".lock").open("w") as lock:
        if its_lock.startswith("taken"):
            fcntl.flock(lock, fcntl.LOCK_EX)
        process = small.start()
        assert "waits for process 1 on node7, SLURM job 42, since 2020-01-01" in first_line(process)
        os.utime(lease, (0, 0))
        process.communicate()
    assert process.returncode == 0
    assert is_complete(small.store, small.job.ref)
    assert not list(small.work.glob("lease.*"))


def test_a_training_whose_lease_was_taken_over_ends_with_a_sentence(reference: Training, tmp_path: Path) -> None:
    small, gate = reference.elsewhere(tmp_path), Gate(tmp_path / "gate")
    process = small.start(**gate.variables)
    gate.wait()
    (small.work / "lease.json").write_text(json.dumps(ELSEWHERE))
    gate.open()
    _, error = process.communicate()
    assert process.returncode == 1
    assert "lease.json: this lease was taken over by process 1 on node7, SLURM job 42, since 2020" in error
    assert json.loads((small.work / "lease.json").read_text()) == ELSEWHERE


WITHOUT_ROOTS_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""Before a command: makes permissions count for root too, who stands in for a second user here."""
needs_rights = pytest.mark.skipif(
    bool(WITHOUT_ROOTS_RIGHTS) and shutil.which("setpriv") is None, reason="root may write everywhere"
)


@needs_rights
@pytest.mark.parametrize("place", ["work folder", "folder of the lease", "store", "notes of code"])
def test_a_user_who_may_not_write_somewhere_gets_one_sentence(place: str, reference: Training, tmp_path: Path) -> None:
    small = reference.elsewhere(tmp_path)
    protected = {
        "work folder": small.work,
        "folder of the lease": small.work.parent,
        "store": small.store / "runs",
        "notes of code": small.store / "code",
    }[place]
    protected.mkdir(parents=True)
    protected.chmod(0o555)
    finished = small.run(interpreter=(*WITHOUT_ROOTS_RIGHTS, sys.executable))
    protected.chmod(0o755)
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    (sentence,) = finished.stderr.splitlines()
    assert f"may not be read or written by this user, because {protected} is {protected.owner()}'s; let" in sentence


def test_a_finished_result_that_snakemake_deleted_is_taken_from_the_work_folder(
    reference: Training, tmp_path: Path
) -> None:
    small = reference.elsewhere(tmp_path)
    assert small.run().returncode == 0
    for file in (small.store / small.job.ref.folder).iterdir():
        file.unlink()
    again = small.run()
    assert "an earlier attempt finished this run; its result is taken" in again.stdout
    assert same(small.result(), reference.result())
    assert small.log.count("epoch 1/") == 1
    assert (small.work / "restored").read_text() == "an earlier attempt finished this run; its result is taken\n"


@pytest.mark.parametrize("damage_done", ["dropped", "damaged", "missing"])
def test_a_finished_result_that_lacks_a_file_is_trained_again(
    damage_done: str, reference: Training, tmp_path: Path
) -> None:
    small = reference.elsewhere(tmp_path)
    assert small.run().returncode == 0
    for place in (small.store, small.work):
        model = place / small.job.ref.folder / "model.npz"
        if damage_done == "dropped":
            drop_file(place, small.job.ref, "model.npz")
        elif damage_done == "damaged":
            model.write_bytes(b"other")
        else:
            model.unlink()
    again = small.run()
    assert again.returncode == 0
    assert small.log.count("epoch 1/") == 2
    assert same(small.result(), reference.result())
    assert not (small.work / "restored").exists()


DIVERGING = {"optimiser": {"name": "sgd", "learning_rate": 1e300}}


def test_an_error_that_the_settings_decide_is_not_tried_again(tmp_path: Path) -> None:
    diverging = training("numpy", tmp_path, **DIVERGING)
    first, again = diverging.run(), diverging.run()
    assert (first.returncode, again.returncode) == (1, 1)
    assert re.match(r"error: the training loss became (nan|inf) in epoch 1", first.stderr)
    assert "Traceback" not in first.stderr
    sentence = first.stderr.removeprefix("error: ").strip()
    assert f"error: {sentence} (remembered; change the settings, or delete " in again.stderr
    assert diverging.log.count("training images") == 1


def test_another_error_is_tried_again_by_a_new_command_but_not_by_a_retry(tmp_path: Path) -> None:
    small = training("numpy", tmp_path)
    images = small.store / small.job.inputs[0].folder / "train_images.npy"
    images.rename(images.with_suffix(".away"))
    first = small.run(STUDY_SESSION="one")
    assert "train_images.npy: the file is missing" in first.stderr
    images.with_suffix(".away").rename(images)
    retry = small.run(STUDY_SESSION="one")
    assert (retry.returncode, retry.stderr) == (1, first.stderr)
    assert small.run(STUDY_SESSION="two").returncode == 0


def test_other_conditions_are_said_and_recorded(reference: Training, tmp_path: Path) -> None:
    small = stopped_after(2, reference, tmp_path)
    assert small.run("--threads", "2").returncode == 0
    assert "under other conditions, so that rounding may differ: threads 1 then 2" in small.log
    (resumed,) = json.loads((small.store / small.job.ref.folder / "run.json").read_text())["resumed"]
    assert resumed["after_epoch"] in (1, 2)
    assert resumed["changed"] == {"threads": [1, 2]}
