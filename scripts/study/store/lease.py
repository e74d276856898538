"""Leases: who may make something. A lease names its holder, renews itself, and soon expires if the holder dies.

Two things show whether a holder is alive. It keeps a lock on a file, which the kernel releases when the process ends,
however it ends; and it renews its lease, which is visible from other hosts and containers too, where neither locks nor
process numbers may reach.
"""

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from study.errors import StudyError, not_permitted
from study.machine.process import Process, this_process
from study.store.files import TEMPORARY, write_text

RENEWAL = 20.0
"""Seconds between two renewals."""
EXPIRY = 180.0
"""Seconds without renewal after which a holder counts as dead, if its process cannot be checked."""


@dataclass(frozen=True)
class Holder:
    """A process that holds a lease."""

    process: Process
    slurm_job: str | None
    slurm_restarts: int
    """How often SLURM had requeued its job."""
    since: str
    """When it took the lease, local time."""
    folder: str
    """The folder it runs in."""

    def __str__(self) -> str:
        job = f", SLURM job {self.slurm_job}" if self.slurm_job else ""
        return f"process {self.process.number} on {self.process.host}{job}, since {self.since}"


UNKNOWN = Holder(Process("an unknown host", "", "", 0, 0), None, 0, "just now", "")
"""A holder that has not written its name yet."""


class Lease:
    """A lease that this process holds until ``release`` or the end of the process."""

    def __init__(self, path: Path, holder: Holder, lock: int, on_loss: Callable[[], None] | None) -> None:
        self.path, self.holder = path, holder
        self._lock, self._on_loss = lock, on_loss
        self._done = threading.Event()
        self._renewer = threading.Thread(target=self._renew, daemon=True)
        self._renewer.start()

    def check(self) -> None:
        """Raise StudyError if another process has taken over the lease, as after a long stall."""
        found = read_holder(self.path)
        if found != self.holder:
            raise StudyError(
                f"{self.path}: this lease was taken over by {found or 'nobody'}; this process ends; "
                "run the command again"
            )

    def release(self) -> None:
        """Release the lease and remove its files."""
        self._done.set()
        self._renewer.join()
        if read_holder(self.path) == self.holder:
            self.path.unlink(missing_ok=True)
            _lock_of(self.path).unlink(missing_ok=True)
        os.close(self._lock)

    def _renew(self) -> None:
        while not self._done.wait(RENEWAL):
            found = read_holder(self.path)
            if found is not None and found != self.holder:
                if self._on_loss is not None:
                    self._on_loss()
                return
            try:
                os.utime(self.path)
            except OSError:
                continue  # a server that is away for a while, or a lease that somebody removed: check() will notice


def take(path: Path, on_loss: Callable[[], None] | None = None) -> Lease | Holder:
    """Take the lease ``path`` if it is free or its holder is dead; otherwise return the living holder.

    ``on_loss`` is called in another thread if another process takes over the lease. Raises StudyError if the folder
    is not writable or does not support locks.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            lock = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT, 0o666)
            locked = _try_to_lock(lock, path)
            if locked and not _is_same_file(lock, _lock_of(path)):
                os.close(lock)  # the previous holder has released the lease, and removed its lock file
                continue
            found = read_holder(path)
            if locked and (found is None or not _is_alive(found, path)):
                holder = _this_holder()
                write_text(path, json.dumps(asdict(holder)))
                return Lease(path, holder, lock, on_loss)
            stalled = not locked and found is not None and _has_stalled_elsewhere(found, path)
            if stalled and _is_same_file(lock, _lock_of(path)) and read_holder(path) == found:
                # A host that is gone may keep its lock on a shared file system for ever: lock another file.
                _lock_of(path).unlink(missing_ok=True)
                path.unlink(missing_ok=True)
            os.close(lock)
            if not stalled:
                return found or UNKNOWN
    except PermissionError as error:
        raise not_permitted(path) from error
    except OSError as error:
        raise StudyError(
            f"{path}: cannot be written ({error.strerror}); check the disk and the folder's permissions"
        ) from error


def read_holder(path: Path) -> Holder | None:
    """Return the holder that a lease names; None if there is no lease, or no readable one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Holder(**{**content, "process": Process(**content["process"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def idle_seconds(path: Path) -> float:
    """Return the seconds since a lease was renewed, measured against a new file there, as hosts' clocks differ."""
    clock = path.with_name(f"{TEMPORARY}{this_process().token}-clock")
    try:
        clock.touch()
        return clock.stat().st_mtime - path.stat().st_mtime
    except FileNotFoundError:
        return EXPIRY
    finally:
        clock.unlink(missing_ok=True)


def _this_holder() -> Holder:
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    starts = os.environ.get("SLURM_RESTART_COUNT", "")
    job = os.environ.get("SLURM_JOB_ID")
    return Holder(this_process(), job, int(starts) if starts.isdigit() else 0, since, str(Path.cwd()))


def _is_alive(holder: Holder, path: Path) -> bool:
    """Return whether a holder whose lock is free is alive, as far as this host knows."""
    alive = holder.process.is_alive()
    if alive is None and _is_earlier_start(holder):
        return False
    return idle_seconds(path) < EXPIRY if alive is None else alive


def _has_stalled_elsewhere(holder: Holder, path: Path) -> bool:
    """Return whether a holder whose lock is taken is on another kernel and has not renewed its lease for long."""
    return holder.process.boot != this_process().boot and (idle_seconds(path) >= EXPIRY or _is_earlier_start(holder))


def _is_earlier_start(holder: Holder) -> bool:
    """Return whether a holder was an earlier start of this SLURM job, which SLURM has requeued since."""
    here = _this_holder()
    return (
        here.slurm_job is not None
        and here.slurm_job == holder.slurm_job
        and here.slurm_restarts > holder.slurm_restarts
    )


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _try_to_lock(lock: int, path: Path) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        os.close(lock)
        raise StudyError(
            f"{path.parent}: its file system does not support locks ({error.strerror}); "
            "set another folder under results, as make doctor advises"
        ) from error
    return True


def _is_same_file(lock: int, path: Path) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    mine = os.fstat(lock)
    return (mine.st_dev, mine.st_ino) == (found.st_dev, found.st_ino)
