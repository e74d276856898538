"""What is measured: one way of doing an arm's work, in a process of its own."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from performance.speed.arithmetic import Layer

CLASSES = 10


@dataclass(frozen=True)
class Timed:
    """Work, in images, operations or bytes, that was done in some seconds."""

    work: float
    seconds: float

    @property
    def rate(self) -> float:
        """Work per second."""
        return self.work / self.seconds


Task = Callable[[int], Timed]
"""Does about so much, in images or in repeats, going on where it ended last; returns when the device is done."""


@dataclass(frozen=True)
class Call:
    """What a process is to measure."""

    side: str
    """``notebook``, ``ours``, ``extract`` (features of a frozen part, for ours) or ``limits``: a module's name."""
    framework: str
    arm: str
    precision: str
    images: Path
    """Folder of the tensor cache."""
    features: Path | None = None
    """Folder of the features that ``extract`` writes and ``ours`` reads."""


@dataclass(frozen=True)
class Side:
    """One way, ready to work."""

    tasks: Mapping[str, Task]
    precision: str = "float32"
    batch_size: int = 0
    layers: Sequence[Layer] = field(default=())
    """What computes in training."""
    device: str = ""


def in_batches(images: int, batch: int) -> int:
    """The number of whole batches that have so many images, at least one."""
    return max(1, images // batch)


def warm(work: Callable[[int], object], batch: int) -> Task:
    """The task of doing ``work`` on so many batches; before, one untimed: it finds caches cold after others' turns."""

    def task(images: int) -> Timed:
        batches = in_batches(images, batch)
        work(1)
        began = time.perf_counter()
        work(batches)
        return Timed(batches * batch, time.perf_counter() - began)

    return task
