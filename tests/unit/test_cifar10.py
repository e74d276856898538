import io
import os
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest

from study.data.cifar10 import read_cifar10
from study.data.images import Dataset, Images, count_test_images_in_training, subset
from study.errors import StudyError
from support.cifar10_archive import (
    CLASS_NAMES,
    archive_members,
    batch,
    python2_pickle,
    random_members,
    write_archive,
)


def flag(count):
    """Images whose left half is red and whose top row is green, over a number of its own in the last pixel."""
    images = np.zeros((count, 32, 32, 3), dtype=np.uint8)
    images[:, :, :16] = (255, 0, 0)
    images[:, 0] = (0, 255, 0)
    images[:, 31, 31, 2] = np.arange(count)
    return images


def read(tmp_path: Path, members: dict[str, bytes]) -> Dataset:
    archive = tmp_path / "cifar.tar.gz"
    write_archive(archive, members)
    return read_cifar10(archive)


def test_images_come_channel_last_in_the_archives_order(tmp_path):
    train, test = flag(20), flag(10)
    dataset = read(tmp_path, archive_members(train, [row % 10 for row in range(20)], test, list(range(10))))
    assert dataset.train.images.dtype == np.uint8
    assert dataset.train.labels.dtype == np.int64
    np.testing.assert_array_equal(dataset.train.images, train)
    np.testing.assert_array_equal(dataset.test.images, test)
    np.testing.assert_array_equal(dataset.train.labels, np.arange(20) % 10)
    assert dataset.train.images[3, 0, 5].tolist() == [0, 255, 0]
    assert dataset.train.images[3, 9, 5].tolist() == [255, 0, 0]
    assert dataset.class_names == CLASS_NAMES


def test_keys_may_be_text_or_bytes_in_one_archive(tmp_path):
    members = random_members()
    expected = read(tmp_path, members)
    content = pickle.loads(members["data_batch_2"], encoding="bytes")
    members["data_batch_2"] = python2_pickle({key.decode(): value for key, value in content.items()})
    np.testing.assert_array_equal(read(tmp_path, members).train.images, expected.train.images)


def test_batches_pickled_by_python_3_are_read(tmp_path):
    members = random_members()
    expected = read(tmp_path, members)
    members["test_batch"] = pickle.dumps(pickle.loads(members["test_batch"], encoding="bytes"), protocol=3)
    np.testing.assert_array_equal(read(tmp_path, members).test.images, expected.test.images)


class _Calls:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_would_run_a_command_is_refused_by_name(tmp_path, protocol):
    marker = tmp_path / "marker"
    members = random_members()
    members["data_batch_3"] = pickle.dumps({"data": _Calls(os.system, f"touch {marker}")}, protocol=protocol)
    with pytest.raises(StudyError, match=r"data_batch_3: refers to \w+\.system"):
        read(tmp_path, members)
    assert not marker.exists()


@pytest.mark.parametrize("function", [eval, np.load, np.lib.format.open_memmap])
def test_other_functions_are_refused_too(tmp_path, function):
    members = random_members()
    members["batches.meta"] = pickle.dumps(_Calls(function, "1"), protocol=2)
    with pytest.raises(StudyError, match=rf"batches.meta: refers to .*{function.__name__}"):
        read(tmp_path, members)


def test_a_missing_batch_is_named(tmp_path):
    members = random_members()
    del members["data_batch_4"]
    with pytest.raises(StudyError, match="data_batch_4 missing"):
        read(tmp_path, members)


def test_an_archive_with_another_folder_says_where_it_looked(tmp_path):
    write_archive(tmp_path / "cifar.tar.gz", random_members(), folder="cifar-10-batches-py/cifar-10-batches-py")
    with pytest.raises(StudyError, match=r"looked for cifar-10-batches-py/"):
        read_cifar10(tmp_path / "cifar.tar.gz")


def test_an_empty_batch_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"test_batch: is damaged \(0 bytes"):
        read(tmp_path, {**random_members(), "test_batch": b""})


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.6, 0.95])
def test_a_cut_archive_is_refused(tmp_path, share):
    archive = tmp_path / "cifar.tar.gz"
    write_archive(archive, random_members())
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(StudyError, match=r"cifar.tar.gz: (is truncated|.*missing)"):
        read_cifar10(archive)


def test_a_page_or_a_missing_file_is_no_archive(tmp_path):
    (tmp_path / "page.tar.gz").write_text("<html></html>", encoding="utf-8")
    for name in ("page.tar.gz", "absent.tar.gz"):
        with pytest.raises(StudyError, match=r"is truncated or not a tar.gz archive"):
            read_cifar10(tmp_path / name)


def test_members_that_are_no_plain_files_are_refused(tmp_path):
    archive = tmp_path / "cifar.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        link = tarfile.TarInfo("cifar-10-batches-py/data_batch_1")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(StudyError, match="data_batch_1 is not a plain file"):
        read_cifar10(archive)


def test_members_that_are_too_large_are_refused_unread(tmp_path):
    archive = tmp_path / "cifar.tar.gz"
    size = 65 * 2**20
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        member = tarfile.TarInfo("cifar-10-batches-py/data_batch_1")
        member.size = size
        tar.addfile(member, io.BytesIO(bytes(size)))
    with pytest.raises(StudyError, match=f"data_batch_1 has {size} bytes"):
        read_cifar10(archive)


IMAGES = np.zeros((4, 32, 32, 3), dtype=np.uint8)
GOOD = batch(IMAGES, [0, 1, 2, 3])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "contains list, not a dictionary"),
        ({b"labels": [1]}, "data must be uint8"),
        ({**GOOD, b"data": np.zeros((4, 3071), np.uint8)}, r"is uint8 \[4, 3071\]"),
        ({**GOOD, b"data": np.zeros((4, 3072), np.float32)}, r"is float32 \[4, 3072\]"),
        ({**GOOD, b"data": np.zeros((4, 3, 1024), np.uint8)}, r"is uint8 \[4, 3, 1024\]"),
        ({b"data": np.zeros((0, 3072), np.uint8), b"labels": []}, "has no images"),
        ({**GOOD, b"labels": [0, 1, 2]}, "a list of 4; has 3 labels"),
        ({**GOOD, b"labels": None}, "has NoneType"),
        ({**GOOD, b"labels": [0, 1, 10, 3]}, "label 10 of row 2"),
        ({**GOOD, b"labels": [0, 1, 2, -1]}, "label -1 of row 3"),
        ({**GOOD, b"labels": [0, True, 2, 3]}, "label True of row 1"),
        ({**GOOD, b"labels": [0.0, 1, 2, 3]}, "label 0.0 of row 0"),
    ],
)
def test_wrong_batches_are_named(tmp_path, content, message):
    with pytest.raises(StudyError, match=f"data_batch_5: .*{message}"):
        read(tmp_path, {**random_members(), "data_batch_5": python2_pickle(content)})


@pytest.mark.parametrize("names", [None, [b"a"], [b"a"] * 10])
def test_wrong_class_names_are_refused(tmp_path, names):
    with pytest.raises(StudyError, match=r"batches.meta: label_names must be 10 different names"):
        read(tmp_path, {**random_members(), "batches.meta": python2_pickle({b"label_names": names})})


def test_a_subset_takes_the_first_of_each_class_in_order():
    labels = np.array([1, 0, 1, 1, 0, 0])
    images = np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1)
    dataset = Dataset(Images(images, labels), Images(images, labels), ("a", "b"))
    part = subset(dataset, 4, None)
    assert part.train.images.ravel().tolist() == [0, 1, 2, 4]
    assert part.train.labels.tolist() == [1, 0, 1, 0]
    assert part.test is dataset.test


def test_a_subset_larger_than_a_class_is_refused():
    images = np.zeros((3, 1, 1, 3), dtype=np.uint8)
    dataset = Dataset(Images(images, np.array([0, 1, 1])), Images(images, np.array([0, 1, 1])), ("a", "b"))
    with pytest.raises(
        StudyError, match="test_images: is 4, which needs 2 images of class 'a', but the data set has 1"
    ):
        subset(dataset, None, 4)
    with pytest.raises(StudyError, match="train_images: must be a multiple of the 2 classes; is 3"):
        subset(dataset, 3, None)


def test_test_images_in_training_are_counted_by_content():
    random = np.random.default_rng(1)
    train, test = (random.integers(0, 256, (count, 4, 4, 3), dtype=np.uint8) for count in (20, 10))
    test[[2, 5]] = train[[7, 7]]
    labels = np.zeros(20, dtype=np.int64)
    assert count_test_images_in_training(Dataset(Images(train, labels), Images(test, labels[:10]), ("a",))) == 2
