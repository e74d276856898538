"""Reading a tensor cache: a data set's images, native or resized, or their features, with labels and a manifest."""

import json
import mmap
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.images import Images
from study.data.splits import Indices
from study.store.artefacts import Artefact

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class TensorCache:
    """A cache that has been read: images or features mapped from disk, labels in memory."""

    train: Images
    test: Images
    manifest: dict[str, Any]

    @property
    def holds_features(self) -> bool:
        """Whether it contains the output of a network's frozen part."""
        return bool(self.manifest["store"] == "features")


def read_cache(artefact: Artefact) -> TensorCache:
    """Open a cache after checking the hashes of its files; raise StudyError if one is missing or damaged."""
    manifest = json.loads(artefact.file(MANIFEST).read_text(encoding="utf-8"))
    train, test = (
        Images(
            np.load(artefact.file(f"{split}_images.npy"), mmap_mode="r", allow_pickle=False),
            np.load(artefact.file(f"{split}_labels.npy"), allow_pickle=False),
        )
        for split in ("train", "test")
    )
    return TensorCache(train, test, manifest)


def read_rows(stored: NDArray[Any], indices: Indices) -> NDArray[Any]:
    """Return copies of images or features by index, without keeping the mapped file's pages in the process's memory."""
    rows = stored[indices]
    if isinstance(stored.base, mmap.mmap):
        stored.base.madvise(mmap.MADV_DONTNEED)
    return rows
