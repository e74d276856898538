"""A lease on a run's work folder, so that two trainers never train the same run at the same time.

It names its holder. A holder on this host is alive if its process is; one on another host if it renewed the lease
lately. Taking and taking over are guarded by a file lock, which shared file systems of clusters honour.
"""

import fcntl
import json
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from study.errors import StudyError
from study.store.files import write_text

RENEWAL = 20.0
"""Seconds between two renewals."""
EXPIRY = 180.0
"""Seconds without renewal after which a holder on another host counts as dead."""
POLL = 1.0
"""Seconds between two looks at a lease that another holds."""


@dataclass(frozen=True)
class Holder:
    """A process that trains a run."""

    host: str
    process: int
    started: int
    """When the process started, in the kernel's clock ticks: process numbers are used again."""
    slurm_job: str | None
    since: str
    """When it took the lease, local time."""

    def __str__(self) -> str:
        job = f", SLURM job {self.slurm_job}" if self.slurm_job else ""
        return f"process {self.process} on {self.host}{job}, since {self.since}"


def this_process() -> Holder:
    """The holder that this process is."""
    process = os.getpid()
    started = _start_of(process)
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    return Holder(platform.node(), process, started or 0, os.environ.get("SLURM_JOB_ID"), since)


class Lease:
    """A lease that this process holds."""

    def __init__(self, path: Path, holder: Holder) -> None:
        self.path = path
        self.holder = holder

    def check(self) -> None:
        """Raise StudyError if another process took the lease over, as after a long stall."""
        found = _read(self.path)
        if found != self.holder:
            raise StudyError(f"{self.path}: the lease of this run was taken over by {found}; this training ends")


@contextmanager
def hold(folder: Path, say: Callable[[str], None]) -> Iterator[Lease]:
    """Hold the lease of a work folder; waits, saying for whom, while a living process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lease.json"
    holder = this_process()
    told: Holder | None = None
    while (other := _take(path, holder)) is not None:
        if other != told:
            say(f"waits for {other}, which trains the same run")
            told = other
        time.sleep(POLL)
    done = threading.Event()
    renewer = threading.Thread(target=_renew, args=(path, done), daemon=True)
    renewer.start()
    try:
        yield Lease(path, holder)
    finally:
        done.set()
        renewer.join()
        if _read(path) == holder:
            path.unlink(missing_ok=True)


def _take(path: Path, holder: Holder) -> Holder | None:
    """Take the lease if it is free or its holder is dead; otherwise the living holder."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _read(path)
        if found is not None and _is_alive(found, path):
            return found
        write_text(path, json.dumps(asdict(holder)))
        return None


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _is_alive(holder: Holder, path: Path) -> bool:
    if holder.host == platform.node():
        return _start_of(holder.process) == holder.started
    # Compared with a fresh file of the same file system: hosts' clocks differ.
    probe = path.with_name(f".tmp-{os.getpid()}-clock")
    probe.touch()
    age = probe.stat().st_mtime - path.stat().st_mtime
    probe.unlink()
    return age < EXPIRY


def _start_of(process: int) -> int | None:
    """When a process of this host started (field 22 of /proc/PID/stat); None if it is not running."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in ("Z", "X") else int(fields[19])


def _renew(path: Path, done: threading.Event) -> None:
    while not done.wait(RENEWAL):
        try:
            os.utime(path)
        except OSError:
            return
