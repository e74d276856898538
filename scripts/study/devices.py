"""What programs compute on."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Device:
    """What a run really computed on."""

    kind: str
    """``cpu`` or ``cuda``."""
    name: str


def usable_threads(wanted: int) -> int:
    """The wanted number of threads, but no more than the CPUs that this process may run on."""
    return max(1, min(wanted, len(os.sched_getaffinity(0))))
