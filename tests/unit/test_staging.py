import os
from pathlib import Path

import numpy as np
import pytest

from study.data.staging import SHARE, read_staged, reason_to_stay, size_of
from study.errors import StudyError
from study.machine.caches import cache_variables
from study.store.artefacts import Artefact, new_artefact, open_artefact
from study.store.jobs import Job

SHARED_MEMORY = Path("/dev/shm")


@pytest.fixture
def artefact(tmp_path: Path) -> Artefact:
    """A tensor cache of two and one images."""
    job = Job("tensors", "images", {}, "0" * 16)
    with new_artefact(tmp_path / "store", job) as folder:
        for split, images in (("train", 2), ("test", 1)):
            np.save(folder / f"{split}_images.npy", np.full((images, 4, 4, 3), images, np.uint8))
            np.save(folder / f"{split}_labels.npy", np.zeros(images, np.int64))
        (folder / "manifest.json").write_text("{}", encoding="utf-8")
    return open_artefact(tmp_path / "store", job.ref)


@pytest.fixture
def in_a_job(artefact: Artefact, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a SLURM job whose $TMPDIR is on another file system than the artefact."""
    if not SHARED_MEMORY.is_dir() or SHARED_MEMORY.stat().st_dev == artefact.folder.stat().st_dev:
        pytest.skip("there is no second file system here to copy to: /dev/shm")
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    monkeypatch.setenv("TMPDIR", str(SHARED_MEMORY))
    return SHARED_MEMORY


def mapped_files() -> str:
    return Path("/proc/self/maps").read_text(encoding="utf-8")


def test_in_a_job_images_are_mapped_from_a_copy_that_has_no_name_any_more(artefact: Artefact, in_a_job: Path) -> None:
    before = set(os.listdir(in_a_job))
    said: list[str] = []
    cache = read_staged(artefact, "auto", said.append)
    assert cache.train.images.tolist() == np.full((2, 4, 4, 3), 2).tolist()
    assert cache.test.labels.tolist() == [0]
    assert str(artefact.folder) not in mapped_files()
    assert f"{in_a_job}/tensors-" in mapped_files()
    assert set(os.listdir(in_a_job)) <= before
    assert said == [f"reading tensors from a copy in {in_a_job} ({size_of(artefact) / 1e6:.1f} MB)"]


@pytest.mark.parametrize("missing", ["staging", "SLURM_JOB_ID", "TMPDIR"])
def test_elsewhere_images_are_mapped_from_the_store(
    artefact: Artefact, in_a_job: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    if missing != "staging":
        monkeypatch.delenv(missing)
    said: list[str] = []
    cache = read_staged(artefact, "never" if missing == "staging" else "auto", said.append)
    assert cache.train.images.shape == (2, 4, 4, 3)
    assert str(artefact.folder) in mapped_files()
    assert said == []


def test_a_copy_that_cannot_be_had_is_said_and_the_store_is_read(
    artefact: Artefact, in_a_job: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    said: list[str] = []
    read_staged(artefact, "auto", said.append)
    assert said == [f"reading tensors from {artefact.folder}: TMPDIR={tmp_path} is on the same file system"]
    assert reason_to_stay(artefact, tmp_path / "missing") == f"TMPDIR={tmp_path / 'missing'} is not a folder"


def test_a_copy_takes_no_more_than_its_share_of_the_free_space(
    artefact: Artefact, in_a_job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = size_of(artefact) / SHARE

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    assert reason_to_stay(artefact, in_a_job) is None
    Usage.free -= 1
    assert "are more than half of" in (reason_to_stay(artefact, in_a_job) or "")


def test_a_damaged_file_of_the_store_is_named_not_its_copy(artefact: Artefact, in_a_job: Path) -> None:
    (artefact.folder / "test_labels.npy").write_bytes(b"damaged")
    with pytest.raises(StudyError, match=f"^{artefact.folder}/test_labels.npy: the file is damaged"):
        read_staged(artefact, "auto", lambda _: None)


def test_all_caches_lie_with_the_results(tmp_path: Path) -> None:
    folders = cache_variables(tmp_path / "results").values()
    assert all(Path(folder).is_relative_to(tmp_path / "results" / "work") for folder in folders)
