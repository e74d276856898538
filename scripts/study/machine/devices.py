"""The devices that programs compute on."""

import os
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Device:
    """The device that a run actually computed on."""

    kind: str
    """``cpu`` or ``cuda``."""
    name: str
    memory: int | None = None
    """Bytes of a GPU's own memory."""
    driver: str | None = None
    """Version of a GPU's driver."""
    cuda: str | None = None
    """Version of the CUDA libraries that the framework computes with on a GPU."""
    cudnn: str | None = None
    """Version of cuDNN, on a GPU."""
    tf32: bool = False
    """Whether float32 products may be computed in TensorFloat-32."""


def usable_threads(wanted: int) -> int:
    """Return the wanted number of threads, capped at the number of CPUs that this process may run on."""
    return max(1, min(wanted, len(os.sched_getaffinity(0))))


def processor_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return the processor's model as Linux names it, without marks and clock rate; ``CPU`` if it is unknown."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    name = re.sub(r"\((R|TM)\)|\bCPU\b|\bProcessor\b|@.*", " ", found[1]) if found else ""
    return " ".join(name.split()) or "CPU"
