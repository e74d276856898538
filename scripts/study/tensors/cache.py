"""Reading the tensor cache: a data set's images, native or resized, with labels and a manifest, in one artefact."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from study.datasets.images import Images
from study.store.artefacts import Artefact

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class TensorCache:
    """A cache that was read: images mapped from disk, labels in memory."""

    train: Images
    test: Images
    manifest: dict[str, Any]


def read_cache(artefact: Artefact) -> TensorCache:
    """Open a cache after checking the hashes of its files; StudyError if one is missing or damaged."""
    manifest = json.loads(artefact.file(MANIFEST).read_text(encoding="utf-8"))
    train, test = (
        Images(
            np.load(artefact.file(f"{split}_images.npy"), mmap_mode="r", allow_pickle=False),
            np.load(artefact.file(f"{split}_labels.npy"), allow_pickle=False),
        )
        for split in ("train", "test")
    )
    return TensorCache(train, test, manifest)
