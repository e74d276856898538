"""Holding a folder: one workflow at a time, and nothing to unlock after a kill."""

import atexit
import fcntl
import os
import signal
import sys
from pathlib import Path
from types import TracebackType

from study.errors import StudyError, not_permitted
from study.store.lease import EXPIRY, Holder, Lease, take

SHARED = ("store", "work", "logs", "benchmarks", "report", "summary", "runs", "history", "commands")
"""Folders in a results folder that whoever runs a study must be able to write to."""


class Hold:
    """A folder held until ``close`` or the end of the process; also a context manager."""

    def __init__(self, lease: Lease) -> None:
        self.lease: Lease | None = lease
        atexit.register(self.close)

    def close(self) -> None:
        """Release the folder."""
        lease, self.lease = self.lease, None
        if lease is not None:
            atexit.unregister(self.close)
            lease.release()

    def __enter__(self) -> "Hold":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def hold_folder(folder: Path) -> Hold:
    """Hold a workflow's own folder and Snakemake's records; raise StudyError, naming the holder, if another has it."""
    return _hold(folder, folder / ".snakemake" / "holder.json")


def hold_results(results: Path) -> Hold:
    """Hold a results folder, which workflows in other folders and on other hosts may share, but not at the same time.

    Raises StudyError, naming the holder, if another process has it, and if this user may not write there.
    """
    hold = _hold(results, results / "work" / "holder.json")
    try:
        _check_access(results)
    except StudyError:
        hold.close()
        raise
    return hold


def _hold(folder: Path, path: Path) -> Hold:
    taken = take(path, _stop_this_process)
    if isinstance(taken, Holder):
        raise StudyError(_refusal(folder, taken))
    return Hold(taken)


def _refusal(folder: Path, holder: Holder) -> str:
    where = f" in {holder.folder}" if holder.folder else ""
    expiry = ""
    if holder.process.is_alive() is None:
        expiry = f" (if it died without releasing it, the hold ends {EXPIRY:.0f} seconds after its last sign of life)"
    return (
        f"{folder} is held by the snakemake {holder}{where}; "
        f"wait until it ends, or stop it, and run the command again{expiry}"
    )


def _stop_this_process() -> None:
    """Make Snakemake start nothing more: another command has taken over the folder."""
    print(
        "error: this command gave no sign of life for minutes, so another one took over its folder; it ends; "
        "run it again once the other has ended",
        file=sys.stderr,
    )
    os.kill(os.getpid(), signal.SIGTERM)


def _check_access(results: Path) -> None:
    """Raise StudyError if a folder of the results, or one for a kind of artefact, is not writable."""
    for name in SHARED:
        folder = results / name
        kinds = [path for path in folder.glob("*") if path.is_dir()] if name in ("store", "work", "logs") else []
        for place in (folder, *kinds):
            if place.exists() and not os.access(place, os.W_OK | os.X_OK):
                raise not_permitted(place)


def can_lock(path: Path) -> bool:
    """Return whether the file system of an existing file supports the locks by which folders and trainings are held."""
    with path.open("r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
