from contextlib import suppress
from pathlib import Path

import pytest

from study.errors import StudyError
from study.jobs import Job, Ref
from study.store.artefacts import SIDECAR, new_artefact, open_artefact
from study.store.files import atomic, write_text

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
    with pytest.raises(StudyError, match=r"is of another lineage \(expected 0{16}, found \w{16}\)"):
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


def test_left_overs_of_a_killed_writer_are_removed_and_never_listed(tmp_path: Path) -> None:
    folder = tmp_path / JOB.ref.folder
    folder.mkdir(parents=True)
    (folder / ".tmp-1-data.txt").write_text("half")
    make(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["data.txt", SIDECAR]
    assert list(open_artefact(tmp_path, JOB.ref).sidecar["files"]) == ["data.txt"]
