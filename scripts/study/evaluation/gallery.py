"""Test images worth seeing: some of every class, and those that the arms get wrong most often."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.evaluation.results import ArmResult

SAMPLES = 80
"""About how many images are shown over all classes; at least one per class."""
HARDEST = 24
"""Number of images shown of those most often wrong."""
SIDE = 64
"""Size in pixels above which an image is shown with fewer."""

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Gallery:
    """Chosen images of every test set of a study; arms tested on the same images share a set."""

    sets: list[dict[str, Any]]
    """``arms``, ``class_names``, ``images`` and ``wrong_in_all``: images that every run of every arm gets wrong."""
    images: pd.DataFrame
    """``set``, ``shown`` (``sample`` or ``wrong``), ``image`` (its index in the test set), ``class``, ``wrong``: the
    share of runs that get it wrong, with equal weight for every arm."""
    guesses: pd.DataFrame
    """For the images shown as wrong: what each arm takes them for, and in what share of its runs."""
    pixels: dict[str, Pixels]
    """uint8 [images, height, width, 3] by ``set0``, ``set1`` ..., in the order of ``images``."""


def make_gallery(results: Sequence[ArmResult]) -> Gallery:
    """Choose images of every test set."""
    parts = [_Set(number, arms) for number, arms in enumerate(_by_test_set(results))]
    return Gallery(
        sets=[part.description() for part in parts],
        images=pd.concat([part.images() for part in parts], ignore_index=True),
        guesses=pd.concat([part.guesses() for part in parts], ignore_index=True),
        pixels={f"set{part.number}": part.pixels() for part in parts},
    )


def _by_test_set(results: Sequence[ArmResult]) -> list[list[ArmResult]]:
    sets: dict[str, list[ArmResult]] = {}
    for result in results:
        sets.setdefault(result.manifest["splits"]["test"]["identity"], []).append(result)
    return list(sets.values())


class _Set:
    """The images that some arms are tested on, and how the arms classified them."""

    def __init__(self, number: int, arms: Sequence[ArmResult]) -> None:
        self.number, self.arms = number, arms
        self.names: list[str] = arms[0].manifest["class_names"]
        self.labels = arms[0].labels["test"]
        self.predicted = [np.stack([run.predicted for run in arm.runs]) for arm in arms]
        # Whole numbers: a mean of float shares would depend on the order of the arms, and so would ties.
        common = math.lcm(*(len(predicted) for predicted in self.predicted))
        wrong = sum((predicted != self.labels).sum(axis=0) * (common // len(predicted)) for predicted in self.predicted)
        self.wrong: npt.NDArray[np.float64] = wrong / (common * len(self.predicted))
        each = max(1, SAMPLES // len(self.names))
        self.samples = [
            int(image) for label in range(len(self.names)) for image in np.flatnonzero(self.labels == label)[:each]
        ]
        # Images on which more runs agree come first: a wrong label looks like that.
        order = np.lexsort((np.arange(len(self.labels)), -self._agreement(), -self.wrong))
        self.hardest = [int(image) for image in order[:HARDEST] if self.wrong[image] > 0]

    def _agreement(self) -> npt.NDArray[np.float64]:
        """Return the share of runs that assign each image to the class that most of them assign it to."""
        runs = np.concatenate(self.predicted)
        counts = np.stack([(runs == label).sum(axis=0) for label in range(len(self.names))])
        agreement: npt.NDArray[np.float64] = counts.max(axis=0) / len(runs)
        return agreement

    def description(self) -> dict[str, Any]:
        return {
            "arms": [arm.arm.name for arm in self.arms],
            "class_names": self.names,
            "images": len(self.labels),
            "wrong_in_all": int((self.wrong == 1).sum()),
        }

    def images(self) -> pd.DataFrame:
        rows = [("sample", image) for image in self.samples] + [("wrong", image) for image in self.hardest]
        return pd.DataFrame(
            [
                {
                    "set": self.number,
                    "shown": shown,
                    "image": image,
                    "class": self.names[self.labels[image]],
                    "wrong": float(self.wrong[image]),
                }
                for shown, image in rows
            ]
        )

    def guesses(self) -> pd.DataFrame:
        rows = []
        for image in self.hardest:
            for arm, predicted in zip(self.arms, self.predicted, strict=True):
                for guess, count in sorted(Counter(predicted[:, image].tolist()).items()):
                    rows.append((self.number, image, arm.arm.name, self.names[guess], count / len(predicted)))
        return pd.DataFrame(rows, columns=["set", "image", "arm", "predicted", "share"])

    def pixels(self) -> Pixels:
        # The original images if possible, else the smallest copy, whichever arm comes first.
        chosen_arm = min(
            self.arms, key=lambda arm: [arm.manifest[key] for key in ("store", "size")] + [arm.tensors.lineage]
        )
        path: Path = chosen_arm.tensors.file("test_images.npy")
        stored = np.load(path, mmap_mode="r", allow_pickle=False)
        step = -(-stored.shape[1] // SIDE)
        chosen = stored[[*self.samples, *self.hardest], ::step, ::step]
        pixels: Pixels = np.rint(chosen).clip(0, 255).astype(np.uint8)
        return pixels
