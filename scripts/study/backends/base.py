"""What a framework must do: the modules that its package must have, each as a protocol.

A framework is a package in this folder. The stage modules next to this file hold what all frameworks share, and load
the rest by name, as ``study.backends.{framework}.trainer``: so no process loads two frameworks, and a job's lineage
contains only its own framework's code, and of that only what its stage loads.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    # What only types need is not part of what a stage runs, nor of its lineage.
    from study.data.feature_cache import Extractor
    from study.data.splits import Split
    from study.data.tensor_cache import TensorCache
    from study.machine.devices import Device
    from study.machine.gpus import Card
    from study.parity.side import Side
    from study.recipe.layer_table import LayerRow
    from study.recipe.recipe import Framework, Precision
    from study.recipe.run import RunSpec
    from study.training.loop import Trainer


class DeviceModule(Protocol):
    """``device``: the device to compute on, and its numeric settings."""

    def why_no_gpu(self) -> str | None:
        """Return None if there is a GPU to compute on; otherwise why not, as the beginning of a sentence."""

    def fastest_precision(self) -> "Precision":
        """Return the fastest arithmetic that the device has instructions for."""

    def set_up(self, threads: int, precision: str) -> None:
        """Set threads and arithmetic; must be called before anything is computed."""

    def describe(self, card: "Card | None") -> "Device":
        """Return what a run record says about the device; ``card`` is what the machine says about it."""


class TrainerModule(Protocol):
    """``trainer``: trains a run."""

    def make_trainer(
        self, spec: "RunSpec", cache: "TensorCache", weights: Path | None
    ) -> "tuple[Trainer, list[LayerRow]]":
        """Return a run's trainer and its network's layers; ``weights`` is the file that the run's settings ask for."""


class ScoringModule(Protocol):
    """``scoring``: scores images with a trained network."""

    def make_scorer(
        self, spec: "RunSpec", cache: "TensorCache", parameters: Path
    ) -> "Callable[[Split], npt.NDArray[np.float32]]":
        """Return a function that gives the logits of all images of a split, float32 [images, classes]."""


class FeaturesModule(Protocol):
    """``features``: computes the output of a network's frozen part."""

    def make_extractor(self, spec: "RunSpec", cache: "TensorCache", weights: Path | None) -> "Extractor":
        """Return the frozen part of a run's network; ``weights`` is the file that the run's settings ask for."""


class ParityModule(Protocol):
    """``parity``: the framework's side of a certificate."""

    def make_side(self) -> "Side":
        """Return the operations that a certificate compares."""


class ProbeModule(Protocol):
    """``probe``: a trial of the framework."""

    def convolve(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return ``machine.probe``'s convolution of ones with ones, and the gradient of its sum by the weights.

        Raises StudyError if it fails."""


def load_device(framework: "Framework") -> DeviceModule:
    """Load a framework's module ``device``."""
    return cast(DeviceModule, import_module(f"study.backends.{framework}.device"))
