import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from study.errors import StudyError
from study.machine.process import Process, this_process
from study.store.artefacts import SIDECAR, drop_file, is_complete, new_artefact, open_artefact
from study.store.files import atomic, write_text
from study.store.jobs import Job, Ref
from support.paths import SCRIPTS

JOB = Job("metrics", "a", {"bins": 1}, "code")


def make(store: Path) -> Path:
    with new_artefact(store, JOB) as folder:
        write_text(folder / "data.txt", "ñandú")
    return folder


def test_an_artefact_is_read_as_it_was_written(tmp_path: Path) -> None:
    make(tmp_path)
    artefact = open_artefact(tmp_path, JOB.ref)
    assert artefact.file("data.txt").read_text(encoding="utf-8") == "ñandú"
    assert artefact.spec == {"bins": 1}


def test_a_damaged_file_is_refused_with_both_hashes_and_what_to_delete(tmp_path: Path) -> None:
    folder = make(tmp_path)
    (folder / "data.txt").write_text("nandu", encoding="utf-8")
    with pytest.raises(
        StudyError, match=r"data.txt: the file is damaged \(expected sha256 \w{64}, found \w{64}\); delete"
    ):
        open_artefact(tmp_path, JOB.ref).file("data.txt")


def test_a_missing_file_and_a_missing_sidecar_are_refused(tmp_path: Path) -> None:
    folder = make(tmp_path)
    (folder / "data.txt").unlink()
    with pytest.raises(StudyError, match=r"data.txt: the file is missing"):
        open_artefact(tmp_path, JOB.ref).file("data.txt")
    (folder / SIDECAR).unlink()
    with pytest.raises(StudyError, match="is not complete"):
        open_artefact(tmp_path, JOB.ref)


def test_a_sidecar_of_another_lineage_or_cut_short_is_refused(tmp_path: Path) -> None:
    folder = make(tmp_path)
    other = Ref("metrics", "a", "0" * 16)
    folder.rename(tmp_path / other.folder)
    with pytest.raises(StudyError, match=r"has another lineage \(expected 0{16}, found \w{16}\)"):
        open_artefact(tmp_path, other)
    (tmp_path / other.folder / SIDECAR).write_text('{"lineage"', encoding="utf-8")
    with pytest.raises(StudyError, match="is damaged"):
        open_artefact(tmp_path, other)


def test_a_failure_while_writing_leaves_no_artefact(tmp_path: Path) -> None:
    make(tmp_path)
    with suppress(RuntimeError), new_artefact(tmp_path, JOB) as folder:
        write_text(folder / "data.txt", "new")
        raise RuntimeError
    assert not (folder / SIDECAR).exists()


def test_a_failure_while_writing_a_file_leaves_the_old_one(tmp_path: Path) -> None:
    write_text(tmp_path / "file", "old")
    with suppress(RuntimeError), atomic(tmp_path / "file") as temporary:
        temporary.write_text("new, half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "old"


@pytest.fixture
def ended() -> Process:
    """A process that is gone."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return replace(this_process(), number=child.pid)


def test_left_overs_of_a_killed_writer_are_removed_and_never_listed(tmp_path: Path, ended: Process) -> None:
    folder = tmp_path / JOB.ref.folder
    folder.mkdir(parents=True)
    (folder / f".tmp-{ended.token}-data.txt").write_text("half")
    (folder / f".tmp-{ended.token}-folder").mkdir()
    make(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["data.txt", SIDECAR]
    assert list(open_artefact(tmp_path, JOB.ref).sidecar["files"]) == ["data.txt"]


def test_the_next_writer_of_a_name_removes_what_a_killed_one_left_of_it(tmp_path: Path, ended: Process) -> None:
    for name in ("file", "other"):
        (tmp_path / f".tmp-{ended.token}-{name}").write_text("half")
    write_text(tmp_path / "file", "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".tmp-{ended.token}-other", "file"]


HOUR_AGO = 3700.0
"""Seconds; longer than a file may stay unchanged if its writer's state is unknown."""


@pytest.mark.parametrize(
    ("writer", "age", "stays"),
    [
        ("this", HOUR_AGO, True),
        ("elsewhere", 0.0, True),
        ("elsewhere", HOUR_AGO, False),
        ("unknown", 0.0, True),
        ("unknown", HOUR_AGO, False),
    ],
)
def test_what_another_process_is_writing_stays(writer: str, age: float, stays: bool, tmp_path: Path) -> None:
    tokens = {
        "this": this_process().token,
        "elsewhere": replace(this_process(), boot="0123abcd").token,
        "unknown": "1",
    }
    folder = tmp_path / JOB.ref.folder
    folder.mkdir(parents=True)
    path = folder / f".tmp-{tokens[writer]}-other.txt"
    path.write_text("half")
    os.utime(path, (path.stat().st_mtime - age,) * 2)
    make(tmp_path)
    assert path.exists() == stays


def test_two_processes_make_the_same_artefact_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from study.store.jobs import Job; from study.store.files import atomic\n"
        "from study.store.artefacts import new_artefact\n"
        f"with new_artefact(Path({str(tmp_path)!r}), Job('metrics', 'a', {{'bins': 1}}, 'code')) as folder:\n"
        "    with atomic(folder / 'data.txt') as temporary:\n"
        "        temporary.write_text('half'); print('writes', flush=True); sys.stdin.readline()\n"
        "        temporary.write_text('ñandú', encoding='utf-8')\n"
    )
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS)}
    other = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "writes\n"
    make(tmp_path)
    other.communicate("\n")
    assert other.returncode == 0
    assert is_complete(tmp_path, JOB.ref)
    assert sorted(path.name for path in (tmp_path / JOB.ref.folder).iterdir()) == ["data.txt", SIDECAR]


def test_a_dropped_file_is_missing_to_who_needs_all(tmp_path: Path) -> None:
    make(tmp_path)
    assert is_complete(tmp_path, JOB.ref, with_dropped=True)
    drop_file(tmp_path, JOB.ref, "data.txt")
    assert is_complete(tmp_path, JOB.ref)
    assert not is_complete(tmp_path, JOB.ref, with_dropped=True)
