"""A lease on a run's work folder, so that the same run is never trained twice at the same time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from study.store.lease import Holder, Lease, take

POLL = 1.0
"""Seconds between checks of a lease that another process holds."""


@contextmanager
def hold_run(folder: Path, say: Callable[[str], None]) -> Iterator[Lease]:
    """Hold the lease of a work folder, waiting, and saying for whom, while a living process holds it."""
    path = folder / "lease.json"
    told: Holder | None = None
    while isinstance(taken := take(path), Holder):
        if taken != told:
            say(f"waiting for {taken}, which is training the same run")
            told = taken
        time.sleep(POLL)
    try:
        yield taken
    finally:
        taken.release()
