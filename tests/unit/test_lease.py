"""Who holds something, and whether it lives: processes, leases, folders."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from study.errors import StudyError
from study.machine.process import Process, process_of, this_process
from study.store.holder import hold_folder, hold_results
from study.store.lease import Holder, Lease, read_holder, take
from support.paths import SCRIPTS


def test_this_process_is_known_by_what_the_system_says_of_it() -> None:
    here = this_process()
    assert here.number == os.getpid()
    assert here.is_alive() is True
    ticks = os.sysconf("SC_CLK_TCK")
    # the system's list gives seconds since 1970, to a hundredth
    assert here.started / ticks == pytest.approx(psutil.Process().create_time() - psutil.boot_time(), abs=0.02)


def test_a_token_gives_the_process_back_but_for_its_host() -> None:
    here = this_process()
    assert process_of(f"{here.token}-a_1_2_3-name.txt") == replace(here, host="")
    assert process_of("1-data.txt") is None


@pytest.mark.parametrize(
    ("changes", "alive"),
    [
        ({"started": 1}, False),
        ({"boot": "0123abcd"}, None),
        ({"namespace": "1"}, None),
        ({"host": "another name, as a container's"}, True),
        ({"boot": ""}, None),
    ],
)
def test_a_number_alone_is_no_identity(changes: dict[str, object], alive: bool | None) -> None:
    assert replace(this_process(), **changes).is_alive() is alive  # type: ignore[arg-type]


def test_a_process_that_ended_is_not_alive_even_before_its_parent_has_noticed() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    started = int(Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19])
    identity = replace(this_process(), number=child.pid, started=started)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it stays a zombie
    assert identity.is_alive() is False
    child.wait()
    assert identity.is_alive() is False


class Other:
    """A process that holds a folder's lease until it is told to end."""

    PROGRAM = (
        "import sys; from pathlib import Path; from study.store.holder import hold_results\n"
        "held = hold_results(Path(sys.argv[1])); print('holds', flush=True); sys.stdin.readline()\n"
    )

    def __init__(self, results: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM, str(results)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(SCRIPTS)},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "holds\n"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Other]:
    other = Other(tmp_path)
    yield other
    other.process.kill()
    other.process.communicate()


def test_results_that_another_command_holds_are_refused_with_its_name(other: Other, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    for results in (tmp_path, tmp_path / "link"):
        with pytest.raises(StudyError) as error:
            hold_results(results)
        assert str(error.value).startswith(
            f"{results} is held by the snakemake process {other.process.pid} on {this_process().host}, since 20"
        )
        assert str(error.value).endswith(f" in {Path.cwd()}; wait until it ends, or stop it, and run the command again")


def test_a_stopped_holder_still_holds(other: Other, tmp_path: Path) -> None:
    psutil.Process(other.process.pid).suspend()
    os.utime(tmp_path / "work" / "holder.json", (0, 0))
    with pytest.raises(StudyError, match="is held by"):
        hold_results(tmp_path)


@pytest.mark.parametrize("end", ["killed", "ended"])
def test_after_the_holders_end_nothing_has_to_be_unlocked(end: str, other: Other, tmp_path: Path) -> None:
    if end == "killed":
        other.process.kill()
    other.process.communicate("\n")
    with hold_results(tmp_path):
        pass
    assert not list((tmp_path / "work").iterdir())


def write_holder(path: Path, holder: Holder) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    process = vars(holder.process)
    path.write_text(json.dumps({**vars(holder), "process": process}), encoding="utf-8")


ELSEWHERE = Holder(Process("node7", "0123abcd", "1", 1, 1), "42", 0, "2020-01-01 00:00:00", "/home/mar/study")


def test_a_holder_on_another_host_is_refused_until_it_shows_no_life(tmp_path: Path) -> None:
    path = tmp_path / "work" / "holder.json"
    write_holder(path, ELSEWHERE)
    with pytest.raises(StudyError) as error:
        hold_results(tmp_path)
    assert str(error.value) == (
        f"{tmp_path} is held by the snakemake process 1 on node7, SLURM job 42, since 2020-01-01 00:00:00 "
        "in /home/mar/study; wait until it ends, or stop it, and run the command again "
        "(if it died without releasing it, the hold ends 180 seconds after its last sign of life)"
    )
    os.utime(path, (0, 0))
    with hold_results(tmp_path):
        assert read_holder(path) != ELSEWHERE


@pytest.mark.parametrize(("job", "restarts", "free"), [("42", "1", True), ("42", "0", False), ("43", "1", False)])
def test_a_job_that_slurm_starts_again_elsewhere_takes_over_from_itself(
    job: str, restarts: str, free: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", job)
    monkeypatch.setenv("SLURM_RESTART_COUNT", restarts)
    write_holder(tmp_path / "lease.json", ELSEWHERE)
    taken = take(tmp_path / "lease.json")
    assert isinstance(taken, Lease) == free
    if isinstance(taken, Lease):
        taken.release()


def test_a_lease_that_was_taken_over_is_neither_renewed_nor_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("study.store.lease.RENEWAL", 0.01)
    lost: list[bool] = []
    lease = take(tmp_path / "lease.json", lambda: lost.append(True))
    assert isinstance(lease, Lease)
    write_holder(lease.path, ELSEWHERE)
    lease._renewer.join()
    assert lost == [True]
    with pytest.raises(StudyError, match="this lease was taken over by process 1 on node7"):
        lease.check()
    lease.release()
    assert read_holder(lease.path) == ELSEWHERE


def test_a_held_lease_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.store.lease.RENEWAL", 0.01)
    lease = take(tmp_path / "lease.json")
    assert isinstance(lease, Lease)
    os.utime(lease.path, (0, 0))
    while lease.path.stat().st_mtime == 0:
        assert lease._renewer.is_alive()
    lease.release()


def test_the_folder_of_a_workflow_is_held_too(tmp_path: Path) -> None:
    with hold_folder(tmp_path):
        code = (
            "import sys; from pathlib import Path; from study.store.holder import hold_folder\n"
            "hold_folder(Path(sys.argv[1]))"
        )
        environment = os.environ | {"PYTHONPATH": str(SCRIPTS)}
        command = [sys.executable, "-c", code, str(tmp_path)]
        refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert f"{tmp_path} is held by the snakemake process {os.getpid()} on " in refused.stderr
