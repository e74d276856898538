"""One training at a time: who holds a training, and when another takes it over."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from study.store.artefacts import is_complete
from support.stopping import Gate, Training, same
from support.trainings import stopped_after


def test_a_second_trainer_waits_and_takes_the_finished_result(reference: Training, tmp_path: Path) -> None:
    small, gate = reference.elsewhere(tmp_path), Gate(tmp_path / "gate")
    first = small.start(**gate.variables)
    gate.wait()
    second = small.start()
    assert "waiting for process" in first_line(second)
    gate.open()
    first.communicate()
    said, _ = second.communicate()
    assert (first.returncode, second.returncode) == (0, 0)
    assert "another process finished this run meanwhile; its result is used" in said
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
    assert "waiting for" not in finished.stdout
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
    assert "waiting for process" in first_line(second)
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
    assert "waiting for process" in first_line(second)
    os.utime(small.work / "lease.json", (0, 0))
    second.communicate()
    assert second.returncode == 0
    assert "resumes after epoch 1" in small.log
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
        assert "waiting for process 1 on node7, SLURM job 42, since 2020-01-01" in first_line(process)
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
