"""CIFAR-10 in its "python version": an archive of batches that Python 2 pickled.

Krizhevsky, "Learning multiple layers of features from tiny images", 2009; format as described at
https://www.cs.toronto.edu/~kriz/cifar.html. Nothing is extracted to disk, and unpickling can only build the
plain values and arrays of that format.
"""

import io
import pickle
import tarfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.images import Dataset, Images
from study.errors import StudyError
from study.recipe.data import TensorSpec

FOLDER = "cifar-10-batches-py"
TRAIN_BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST_BATCH = "test_batch"
META = "batches.meta"
MEMBERS = (*TRAIN_BATCHES, TEST_BATCH, META)
SIDE = 32
"""Height and width in pixels."""
COLUMNS = 3 * SIDE * SIDE
"""Values of an image: all red ones, then green, then blue, each row by row."""
CLASSES = 10
MEMBER_LIMIT = 64 * 2**20
"""Bytes; the official batches have 31 MB."""

_ALLOWED_GLOBALS = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
}


def read(spec: TensorSpec, archive: Path | None) -> Dataset:
    """Read all images that a TensorSpec asks for; raise ValueError without the archive."""
    if archive is None:
        raise ValueError("cifar10 needs the archive")
    return read_cifar10(archive)


def read_cifar10(archive: Path) -> Dataset:
    """Read all images of an archive, uint8 [N, 32, 32, 3], in its order; raise StudyError if anything is wrong with it.

    The batches may have fewer images than the official ones.
    """
    members = _read_members(archive)
    names = _class_names(_unpickle(members[META], f"{archive}: {META}"), f"{archive}: {META}")
    train = [_read_batch(members[name], f"{archive}: {name}") for name in TRAIN_BATCHES]
    test = _read_batch(members[TEST_BATCH], f"{archive}: {TEST_BATCH}")
    joined = Images(
        np.concatenate([batch.images for batch in train]), np.concatenate([batch.labels for batch in train])
    )
    return Dataset(joined, test, names)


def _read_members(archive: Path) -> dict[str, bytes]:
    wanted = {f"{FOLDER}/{name}": name for name in MEMBERS}
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                if member.name not in wanted:
                    continue
                file = tar.extractfile(member) if member.isreg() else None
                if file is None:
                    raise StudyError(f"{archive}: {member.name} is not a plain file; use the official archive")
                if member.size > MEMBER_LIMIT:
                    raise StudyError(
                        f"{archive}: {member.name} has {member.size} bytes, more than any batch; "
                        "use the official archive"
                    )
                found[wanted[member.name]] = file.read()
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise StudyError(
            f"{archive}: is truncated or not a tar.gz archive ({error}); delete it and download it again"
        ) from error
    missing = [name for name in MEMBERS if name not in found]
    if missing:
        raise StudyError(
            f"{archive}: {', '.join(missing)} missing (looked for {FOLDER}/...); use the official archive, complete"
        )
    return found


class _PlainUnpickler(pickle.Unpickler):
    """Builds the format's arrays, lists, strings and numbers, and refuses everything else by name."""

    def __init__(self, content: bytes, where: str) -> None:
        super().__init__(io.BytesIO(content), encoding="bytes")  # Python 2's strings come as bytes
        self._where = where

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED_GLOBALS:
            raise StudyError(
                f"{self._where}: refers to {module}.{name}, which no CIFAR-10 batch needs; "
                "none of it was run; use the official archive"
            )
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def _unpickle(content: bytes, where: str) -> dict[str, Any]:
    """Return the dictionary of a batch, its keys as text."""
    try:
        value = _PlainUnpickler(content, where).load()
    except StudyError:
        raise
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise StudyError(f"{where}: is damaged ({len(content)} bytes, {type(error).__name__}: {error})") from error
    if not isinstance(value, dict):
        raise StudyError(f"{where}: contains {type(value).__name__}, not a dictionary; use the official archive")
    return {_text(key): item for key, item in value.items()}


def _text(value: Any) -> str:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)


def _class_names(meta: dict[str, Any], where: str) -> tuple[str, ...]:
    names = meta.get("label_names")
    if not isinstance(names, list) or len({_text(name) for name in names}) != CLASSES or len(names) != CLASSES:
        raise StudyError(f"{where}: label_names must be {CLASSES} different names; is {names!r:.80}")
    return tuple(_text(name) for name in names)


def _read_batch(content: bytes, where: str) -> Images:
    batch = _unpickle(content, where)
    data, labels = batch.get("data"), batch.get("labels")
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim != 2 or data.shape[1] != COLUMNS:
        found = f"{data.dtype} {list(data.shape)}" if isinstance(data, np.ndarray) else type(data).__name__
        raise StudyError(f"{where}: data must be uint8 [rows, {COLUMNS}]; is {found}")
    if len(data) == 0:
        raise StudyError(f"{where}: has no images")
    if not isinstance(labels, list) or len(labels) != len(data):
        found = f"{len(labels)} labels" if isinstance(labels, list) else type(labels).__name__
        raise StudyError(f"{where}: must have one label per image, a list of {len(data)}; has {found}")
    for row, label in enumerate(labels):
        if type(label) is not int or not 0 <= label < CLASSES:
            raise StudyError(f"{where}: label {label!r:.20} of row {row} is not a whole number from 0 to {CLASSES - 1}")
    return Images(_channels_last(data), np.array(labels, dtype=np.int64))


def _channels_last(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return [N, 3072] in planes as [N, 32, 32, 3]."""
    return np.ascontiguousarray(data.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1))
