import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from study.data.cifar10 import read_cifar10
from study.data.tensor_cache import read_cache
from study.store.artefacts import new_artefact, open_artefact
from study.store.jobs import Job, Ref, chosen
from study.store.lineage import code_digest
from support.cifar10_archive import CLASS_NAMES, random_members, write_archive

PROGRAM = Path("scripts/preprocess.py")


def job(*inputs: Ref, **spec) -> Job:
    return Job("tensors", "images", spec, code_digest(PROGRAM, **chosen(spec, None)), inputs)


def run(job: Job, store: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, PROGRAM, "--job", "-", "--store", store]
    return subprocess.run(command, input=job.to_json(), capture_output=True, text=True)


@pytest.fixture
def archive(tmp_path) -> Ref:
    """A small archive in the store, as a download leaves it."""
    download = Job("downloads", "cifar", {"filename": "cifar.tar.gz"}, "0" * 16)
    with new_artefact(tmp_path, download) as folder:
        write_archive(folder / "cifar.tar.gz", random_members(train_per_class=4, test_per_class=2))
    return download.ref


def test_cifar10_becomes_a_cache_of_the_images_asked_for(archive, tmp_path):
    tensors = job(archive, source="cifar10", train_images=30, test_images=10, size=48, resize="pillow")
    result = run(tensors, tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    artefact = open_artefact(tmp_path, tensors.ref)
    cache = read_cache(artefact)
    assert cache.train.images.shape == (30, 48, 48, 3)
    assert np.bincount(cache.test.labels).tolist() == [1] * 10
    assert cache.manifest["class_names"] == list(CLASS_NAMES)
    assert sorted(artefact.sidecar["files"]) == [
        "manifest.json",
        "test_images.npy",
        "test_labels.npy",
        "train_images.npy",
        "train_labels.npy",
    ]


def test_the_native_cache_is_the_archive(archive, tmp_path):
    tensors = job(archive, source="cifar10")
    assert run(tensors, tmp_path).returncode == 0
    expected = read_cifar10(tmp_path / archive.folder / "cifar.tar.gz")
    cache = read_cache(open_artefact(tmp_path, tensors.ref))
    np.testing.assert_array_equal(cache.train.images, expected.train.images)
    np.testing.assert_array_equal(cache.test.labels, expected.test.labels)


def test_digits_need_no_input(tmp_path):
    tensors = job(source="digits", part="pretraining")
    assert run(tensors, tmp_path).returncode == 0
    manifest = json.loads((tmp_path / tensors.ref.folder / "manifest.json").read_text(encoding="utf-8"))
    assert [manifest["splits"][split]["images"] for split in ("train", "test")] == [600, 100]


def test_a_subset_that_is_not_there_ends_the_program_with_one_sentence(archive, tmp_path):
    tensors = job(archive, source="cifar10", train_images=50)
    result = run(tensors, tmp_path)
    assert result.returncode == 1
    assert result.stderr == (
        "error: train_images: is 50, which needs 5 images of class 'airplane', but the data set has 4\n"
    )
    assert not (tmp_path / tensors.ref.folder).exists()


def test_a_damaged_archive_is_refused(archive, tmp_path):
    path = tmp_path / archive.folder / "cifar.tar.gz"
    path.write_bytes(path.read_bytes()[:-1])
    result = run(job(archive, source="cifar10"), tmp_path)
    assert result.returncode == 1
    assert "cifar.tar.gz: the file is damaged" in result.stderr
