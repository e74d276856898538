"""Writing the tensor cache: images in chunks, labels, manifest."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from study.data.images import Dataset, Images, count_test_images_in_training
from study.data.resize import resize
from study.data.tensor_cache import MANIFEST
from study.errors import StudyError
from study.recipe.data import TensorSpec
from study.store.files import atomic, write_text

PIECE = 8
"""Images resized and written at a time; few enough to stay in the processor's cache."""


def write_cache(folder: Path, spec: TensorSpec, dataset: Dataset) -> None:
    """Write a data set's cache into a folder: images in chunks, labels, manifest.

    Images are uint8 in original size, or [N, size, size, 3] in uint8 (rule ``pillow``) or float32 (rule ``float``).
    Raises StudyError, before anything is written, if disk space is short or the data set is refused.
    """
    if (spec.size is None) != (spec.resize is None):
        raise ValueError("size and resize go together")
    repeated = count_test_images_in_training(dataset)
    if repeated and spec.test_images_in_training == "refuse":
        raise StudyError(
            f"data set {spec.source}: {repeated} of {len(dataset.test.images)} test images are also in the "
            "training set; use other images, or set test_images_in_training: count"
        )
    splits = {"train": dataset.train, "test": dataset.test}
    needed = sum(_stored_bytes(split.images, spec) + split.labels.nbytes for split in splits.values())
    check_space(folder, needed, "use store: native, which needs the least")
    manifest: dict[str, Any] = {
        "source": spec.source,
        "store": "native" if spec.size is None else "resized",
        "size": spec.size or dataset.train.images.shape[1],
        "resize": spec.resize,
        "scaling": None,  # always applied on the device
        "dtype": _stored_dtype(spec).name,
        "class_names": dataset.class_names,
        "splits": {},
        "test_images_in_training": repeated,
    }
    for name, split in splits.items():
        try:
            digest = _write_images(folder / f"{name}_images.npy", split.images, spec)
            write_labels(folder / f"{name}_labels.npy", split.labels)
        except OSError as error:
            raise StudyError(
                f"{folder}: the tensor cache cannot be written ({error.strerror}); "
                "check the disk and the folder's permissions"
            ) from error
        manifest["splits"][name] = {
            "images": len(split.images),
            "per_class": np.bincount(split.labels, minlength=len(dataset.class_names)).tolist(),
            "shape": _stored_shape(split.images, spec),
            "channel_means": split.images.mean(axis=(0, 1, 2), dtype=np.float64).tolist(),
            "sha256": digest,
            "identity": _identity(split),
        }
    write_text(folder / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def _identity(split: Images) -> str:
    """Return the SHA-256 of the original images and labels: the same for the same images, however they are stored."""
    digest = hashlib.sha256(repr(split.images.shape).encode())
    for array in (split.images, split.labels.astype("<i8")):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _stored_dtype(spec: TensorSpec) -> np.dtype[Any]:
    return np.dtype(np.float32 if spec.resize == "float" else np.uint8)


def _stored_shape(images: NDArray[np.uint8], spec: TensorSpec) -> tuple[int, ...]:
    return images.shape if spec.size is None else (len(images), spec.size, spec.size, 3)


def _stored_bytes(images: NDArray[np.uint8], spec: TensorSpec) -> int:
    count: int = np.prod(_stored_shape(images, spec), dtype=np.int64).item()
    return count * _stored_dtype(spec).itemsize


def check_space(folder: Path, needed: int, remedy: str) -> None:
    """Raise StudyError, with another remedy, if the disk has less free space than ``needed`` bytes."""
    available = shutil.disk_usage(folder).free
    if needed > available:
        raise StudyError(
            f"{folder}: the tensor cache needs {needed} bytes, but only {available} are available; free some space, "
            f"choose another results folder, or {remedy}"
        )


def _pieces(images: NDArray[np.uint8], spec: TensorSpec) -> Iterator[NDArray[Any]]:
    for start in range(0, len(images), PIECE):
        piece = images[start : start + PIECE]
        yield piece if spec.size is None or spec.resize is None else resize(piece, spec.size, spec.resize)


def _write_images(path: Path, images: NDArray[np.uint8], spec: TensorSpec) -> str:
    return write_pieces(path, _stored_shape(images, spec), _stored_dtype(spec), _pieces(images, spec))


def write_pieces(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any], pieces: Iterable[NDArray[Any]]) -> str:
    """Write a .npy file piece by piece along the first axis; return the SHA-256 of the array's bytes.

    It uses plain writes, since a full disk under a memory map kills the process without an error.
    """
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    digest = hashlib.sha256()
    with (
        atomic(path) as temporary,
        open(temporary, "wb") as file,
        tqdm(total=shape[0], desc=path.name, unit="image", disable=None) as progress,
    ):
        np.lib.format.write_array_header_1_0(file, header)
        for piece in pieces:
            content = np.ascontiguousarray(piece).data
            file.write(content)
            digest.update(content)
            progress.update(len(piece))
    return digest.hexdigest()


def write_labels(path: Path, labels: NDArray[np.int64]) -> None:
    """Write labels as a .npy file."""
    with atomic(path) as temporary, open(temporary, "wb") as file:
        np.save(file, labels, allow_pickle=False)
