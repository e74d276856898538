"""A trial of a framework on this machine, in its own process: one convolution, forward and backward."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from study.errors import StudyError
from study.machine.computing import add_device
from study.machine.device_choice import DeviceChoice
from study.machine.devices import Device, usable_threads
from study.machine.frameworks import add_framework, versions
from study.recipe.recipe import Framework

IMAGES, SIZE, KERNEL, CHANNELS, FILTERS = 4, 32, 3, 3, 8
SIDE = SIZE - KERNEL + 1


@dataclass(frozen=True)
class ProbeCall:
    """The arguments of a probe."""

    framework: Framework
    device: DeviceChoice
    threads: int
    store: Path


def read_probe_call(description: str | None) -> ProbeCall:
    """Parse a probe's arguments."""
    parser = argparse.ArgumentParser(description=description)
    add_framework(parser)
    add_device(parser)
    parser.add_argument("--threads", type=int, required=True, help="CPU threads of a training")
    parser.add_argument("--store", type=Path, required=True, help="folder of all artefacts")
    arguments = parser.parse_args()
    return ProbeCall(arguments.framework, arguments.device, arguments.threads, arguments.store)


def check_convolution(scores: npt.NDArray[Any], gradient: npt.NDArray[Any]) -> None:
    """Check a convolution of ones with ones, and the gradient of its sum; raise StudyError if either is wrong.

    Both are small whole numbers, which every precision holds exactly.
    """
    if not (np.all(scores == KERNEL * KERNEL * CHANNELS) and np.all(gradient == IMAGES * SIDE * SIDE)):
        raise StudyError(
            "a convolution gives wrong numbers: the framework's libraries do not fit this device; see docs/devices.md"
        )


def convolution_failed(error: Exception) -> StudyError:
    """Return the error for a framework that cannot compute."""
    return StudyError(f"a convolution fails: {str(error).splitlines()[0]}")


def probe_result(framework: Framework, device: Device, threads: int) -> Mapping[str, Any]:
    """Return what a probe prints as JSON."""
    return {"versions": versions(framework), "device": asdict(device), "threads": usable_threads(threads)}
