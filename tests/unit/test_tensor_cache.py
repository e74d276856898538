import hashlib
import shutil
from collections import namedtuple
from dataclasses import replace

import numpy as np
import pytest

from study.data.images import Dataset, Images
from study.data.resize import resize
from study.data.tensor_cache import read_cache
from study.data.tensor_writing import PIECE, write_cache
from study.errors import StudyError
from study.recipe.data import TensorSpec
from study.store.artefacts import new_artefact, open_artefact
from study.store.jobs import Job

NATIVE = {"source": "digits", "part": "main"}


@pytest.fixture
def dataset():
    random = np.random.default_rng(5)
    train, test = (random.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8) for count in (2 * PIECE + 3, 4))
    labels = np.arange(len(train)) % 2
    return Dataset(Images(train, labels), Images(test, labels[:4]), ("a", "b"))


def make(store, dataset, **settings):
    """Write a cache as an artefact and read it back."""
    job = Job("tensors", "images", {**NATIVE, **settings}, "0" * 16)
    with new_artefact(store, job) as folder:
        write_cache(folder, TensorSpec.model_validate(job.spec), dataset)
    return read_cache(open_artefact(store, job.ref))


def test_the_native_cache_holds_the_images_as_they_are(tmp_path, dataset):
    cache = make(tmp_path, dataset)
    for read, written in ((cache.train, dataset.train), (cache.test, dataset.test)):
        assert isinstance(read.images, np.memmap)
        assert read.images.dtype == np.uint8
        assert read.labels.dtype == np.int64
        np.testing.assert_array_equal(read.images, written.images)
        np.testing.assert_array_equal(read.labels, written.labels)


def test_the_manifest_describes_the_cache(tmp_path, dataset):
    manifest = make(tmp_path, dataset, size=40, resize="float").manifest
    splits = manifest.pop("splits")
    assert manifest == {
        "source": "digits",
        "store": "resized",
        "size": 40,
        "resize": "float",
        "scaling": None,
        "dtype": "float32",
        "class_names": ["a", "b"],
        "test_images_in_training": 0,
    }
    train = splits["train"]
    assert train["images"] == 19
    assert train["per_class"] == [10, 9]
    assert train["shape"] == [19, 40, 40, 3]
    # sums of whole numbers are exact in float64; only the division rounds
    means = [dataset.train.images[..., channel].astype(int).sum() / (19 * 32 * 32) for channel in range(3)]
    np.testing.assert_allclose(train["channel_means"], means, rtol=1e-12)
    assert train["sha256"] == hashlib.sha256(resize(dataset.train.images, 40, "float").tobytes()).hexdigest()


def test_the_same_images_have_one_identity_however_they_are_stored(tmp_path, dataset):
    def identities(cache):
        return {split: found["identity"] for split, found in cache.manifest["splits"].items()}

    native = identities(make(tmp_path, dataset))
    assert native == identities(make(tmp_path, dataset, size=40, resize="float"))
    assert native["train"] != native["test"]
    labelled = replace(dataset, test=replace(dataset.test, labels=1 - dataset.test.labels))
    changed = identities(make(tmp_path / "labels", labelled))
    assert changed["train"] == native["train"]
    assert changed["test"] != native["test"]


def test_the_manifest_of_a_native_cache_gives_the_images_own_size(tmp_path, dataset):
    manifest = make(tmp_path, dataset).manifest
    assert (manifest["store"], manifest["size"], manifest["resize"]) == ("native", 32, None)
    assert manifest["splits"]["test"]["sha256"] == hashlib.sha256(dataset.test.images.tobytes()).hexdigest()


@pytest.mark.parametrize(("rule", "dtype"), [("pillow", np.uint8), ("float", np.float32)])
@pytest.mark.parametrize("size", [32, 45])
def test_the_resized_cache_is_the_native_one_resized_byte_for_byte(tmp_path, dataset, rule, dtype, size):
    native, resized = make(tmp_path, dataset), make(tmp_path, dataset, size=size, resize=rule)
    for split in ("train", "test"):
        expected = resize(np.asarray(getattr(native, split).images), size, rule)
        found = getattr(resized, split).images
        assert found.dtype == dtype
        assert found.tobytes() == expected.tobytes()


def test_test_images_in_training_are_counted_or_refused(tmp_path, dataset):
    dataset.test.images[1] = dataset.train.images[7]
    assert make(tmp_path, dataset).manifest["test_images_in_training"] == 1
    with pytest.raises(StudyError, match="1 of 4 test images are also in the training set"):
        make(tmp_path, dataset, test_images_in_training="refuse")


def test_a_disk_with_too_little_space_is_told_before_anything_is_written(tmp_path, dataset, monkeypatch):
    usage = namedtuple("usage", "total used free")
    needed = 23 * (40 * 40 * 3 * 4 + 8)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**9, 10**9, needed - 1))
    with pytest.raises(StudyError, match=f"needs {needed} bytes, but only {needed - 1} are available"):
        make(tmp_path, dataset, size=40, resize="float")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_damaged_cache_is_refused(tmp_path, dataset):
    make(tmp_path, dataset)
    (path,) = tmp_path.rglob("test_images.npy")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    artefact = open_artefact(tmp_path, Job("tensors", "images", NATIVE, "0" * 16).ref)
    with pytest.raises(StudyError, match=r"test_images.npy: the file is damaged"):
        read_cache(artefact)
