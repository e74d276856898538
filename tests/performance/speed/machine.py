"""What was measured on, and whether it had other work to do."""

import os
import platform
import resource
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def processor() -> str:
    """The processor's name, and how many of its cores may be used."""
    name = next((line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if "model name" in line), None)
    return f"{name or platform.machine()}, {len(os.sched_getaffinity(0))} cores"


@dataclass(frozen=True)
class Usage:
    """Processor time in seconds since some past moment."""

    elapsed: float
    all: float
    """For everything on the machine, and what its host took from it."""
    own: float
    """For this process and its children that have ended."""

    def others_since(self, start: "Usage") -> float:
        """Cores that others kept busy, on average."""
        others = (self.all - start.all) - (self.own - start.own)
        return max(0.0, others / (self.elapsed - start.elapsed))


def usage() -> Usage:
    """Processor time until now; where /proc is not Linux's, others seem to do nothing."""
    own = sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )
    found = [line.split()[1:] for line in _lines("/proc/stat") if line.startswith("cpu ")]
    if not found:
        return Usage(time.monotonic(), own, own)
    user, nice, system, _, _, irq, softirq, steal = map(int, found[0][:8])
    return Usage(time.monotonic(), (user + nice + system + irq + softirq + steal) / TICKS, own)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
