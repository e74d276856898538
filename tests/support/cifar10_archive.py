"""Writes small CIFAR-10 archives in the official format: tar.gz of dictionaries pickled by Python 2, protocol 2."""

import hashlib
import io
import pickle
import struct
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def python2_pickle(value: Any) -> bytes:
    """Bytes of a pickle as Python 2 writes it; ``bytes`` become its strings, ``str`` its unicode strings."""
    return pickle.PROTO + b"\x02" + _encode(value) + pickle.STOP


def _encode(value: Any) -> bytes:
    match value:
        case None:
            return pickle.NONE
        case bool():
            return pickle.NEWTRUE if value else pickle.NEWFALSE
        case int():
            return pickle.BININT + struct.pack("<i", value)
        case float():
            return pickle.BINFLOAT + struct.pack(">d", value)
        case bytes():
            return pickle.BINSTRING + struct.pack("<i", len(value)) + value
        case str():
            return pickle.BINUNICODE + struct.pack("<I", len(value.encode())) + value.encode()
        case tuple():
            return pickle.MARK + b"".join(map(_encode, value)) + pickle.TUPLE
        case list():
            return pickle.EMPTY_LIST + pickle.MARK + b"".join(map(_encode, value)) + pickle.APPENDS
        case dict():
            items = b"".join(_encode(key) + _encode(item) for key, item in value.items())
            return pickle.EMPTY_DICT + pickle.MARK + items + pickle.SETITEMS
        case np.ndarray():
            return _encode_array(value)
    raise TypeError(f"not of the format: {type(value).__name__}")


def _encode_array(array: NDArray[Any]) -> bytes:
    order, kind = array.dtype.str[:1].encode(), array.dtype.str[1:].encode()
    dtype = _call("numpy", "dtype", _encode((kind, 0, 1)), _encode((3, order, None, None, None, -1, -1, 0)))
    arguments = _tuple(_global("numpy", "ndarray"), _encode((0,)), _encode(b"b"))
    state = _tuple(_encode(1), _encode(array.shape), dtype, _encode(False), _encode(array.tobytes()))
    return _call("numpy.core.multiarray", "_reconstruct", arguments, state)


def _global(module: str, name: str) -> bytes:
    return pickle.GLOBAL + f"{module}\n{name}\n".encode()


def _tuple(*items: bytes) -> bytes:
    return pickle.MARK + b"".join(items) + pickle.TUPLE


def _call(module: str, name: str, arguments: bytes, state: bytes) -> bytes:
    return _global(module, name) + arguments + pickle.REDUCE + state + pickle.BUILD


def batch(images: NDArray[np.uint8], labels: Sequence[int]) -> dict[Any, Any]:
    """A batch's dictionary from images [N, 32, 32, 3] and labels."""
    planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    return {b"batch_label": b"a batch", b"labels": [int(label) for label in labels], b"data": planes}


def archive_members(
    train_images: NDArray[np.uint8],
    train_labels: Sequence[int],
    test_images: NDArray[np.uint8],
    test_labels: Sequence[int],
) -> dict[str, bytes]:
    """The seven files of an archive by name; the training images are dealt to five batches in their order."""
    members = {}
    for number, rows in enumerate(np.array_split(np.arange(len(train_images)), 5), start=1):
        members[f"data_batch_{number}"] = python2_pickle(batch(train_images[rows], [train_labels[row] for row in rows]))
    members["test_batch"] = python2_pickle(batch(test_images, test_labels))
    members["batches.meta"] = python2_pickle(
        {b"label_names": [name.encode() for name in CLASS_NAMES], b"num_vis": 3072}
    )
    return members


def write_archive(path: Path, members: Mapping[str, bytes], folder: str = "cifar-10-batches-py") -> str:
    """Write files into a tar.gz archive below a folder; gives its checksum as the configuration states it."""
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def random_members(seed: int = 0, train_per_class: int = 2, test_per_class: int = 1) -> dict[str, bytes]:
    """An archive's files with random pixels and the classes in turn."""
    random = np.random.default_rng(seed)
    counts = 10 * train_per_class, 10 * test_per_class
    train, test = (random.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8) for count in counts)
    return archive_members(train, [row % 10 for row in range(counts[0])], test, [row % 10 for row in range(counts[1])])
