"""Features of all images, computed by a network's frozen part, as a cache that is read like one of images."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.splits import SCORING_BATCH, Indices, Split
from study.data.tensor_cache import MANIFEST, TensorCache
from study.data.tensor_writing import check_space, write_labels, write_pieces
from study.errors import PermanentError, StudyError
from study.store.files import write_text


@dataclass(frozen=True)
class Extractor:
    """A network's frozen part, ready to compute."""

    compute: Callable[[Split, Indices], NDArray[Any]]
    """Compute features [N, ...] of images of a split; 16-bit types that NumPy lacks are returned as uint16."""
    dtype: str
    """The frameworks' name of the features' type."""
    precision: str
    """The precision of the arithmetic; whatever is computed from the features must use the same."""


def write_features(folder: Path, cache: TensorCache, extractor: Extractor, limit: float) -> None:
    """Write the features of all images of a cache, their labels and a manifest, which records how long it took.

    Raises StudyError, before anything is written, if they would take more than ``limit`` GB or than the disk has; and
    if a feature is not finite.
    """
    began = time.perf_counter()
    splits = {"train": cache.train, "test": cache.test}
    one = extractor.compute("test", np.arange(1))
    total = one.nbytes * sum(len(split.labels) for split in splits.values())
    if total > limit * 1e9:
        raise StudyError(
            f"features_limit: the features of all images would take {total / 1e9:.1f} GB ({one.nbytes / 1e3:.0f} kB an "
            f"image), but the limit is {limit:g} GB; raise features_limit, or set features: live for the arm"
        )
    check_space(folder, total, "set features: live for the arm")
    for name, split in splits.items():
        shape = (len(split.labels), *one.shape[1:])
        try:
            write_pieces(folder / f"{name}_images.npy", shape, one.dtype, _pieces(extractor, name, shape[0]))
            write_labels(folder / f"{name}_labels.npy", split.labels)
        except OSError as error:
            raise StudyError(
                f"{folder}: the features cannot be written ({error.strerror}); "
                "check the disk and the folder's permissions"
            ) from error
    manifest = {
        "store": "features",
        "dtype": extractor.dtype,
        "precision": extractor.precision,
        "shape": list(one.shape[1:]),
        "seconds": time.perf_counter() - began,
    }
    write_text(folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")


def _pieces(extractor: Extractor, split: Any, images: int) -> Iterator[NDArray[Any]]:
    for start in range(0, images, SCORING_BATCH):
        values = extractor.compute(split, np.arange(start, min(start + SCORING_BATCH, images)))
        if not _are_finite(values, extractor.dtype):
            # Nothing is trained here, so only the arithmetic, the weights or the images can be the cause.
            narrow = extractor.precision in ("float16", "bfloat16")
            what = "set precision: float32" if narrow else "use other weights, or another input.scaling"
            raise PermanentError(
                f"the frozen part gives features that are not finite for {split} images {start} to "
                f"{start + len(values) - 1}, with precision {extractor.precision}; {what} for the arm"
            )
        yield values


def _are_finite(values: NDArray[Any], dtype: str) -> bool:
    if dtype == "bfloat16":  # as uint16: infinities and NaN have all 8 bits of the exponent set
        return not bool(((values & 0x7F80) == 0x7F80).any())
    return bool(np.isfinite(values).all())
