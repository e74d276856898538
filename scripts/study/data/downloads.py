"""Downloading files, and verifying them before they get their final name."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from study.data.transfer import Expected, Fault, Patience, transfer
from study.errors import StudyError
from study.store.artefacts import is_complete, new_artefact, work_folder
from study.store.files import atomic
from study.store.jobs import Job

Say = Callable[[str], None]
USUAL = Patience()


def make_download(
    store: Path,
    job: Job,
    urls: Sequence[str],
    local: Path | None,
    patience: Patience = USUAL,
    say: Say = lambda line: None,
) -> None:
    """Make the artefact of a job of kind ``downloads``: the verified file, from a local copy or else from ``urls``.

    The file is assembled in the job's work folder, where the next attempt continues after any kind of stop, and then
    moved into place, file before sidecar. Of several processes one downloads, and the others take its result.
    Raises StudyError if neither the copy nor any address gives the expected file.
    """
    expected = Expected(**job.spec)
    final = store / job.ref.folder
    try:
        with _alone(work_folder(store, job.ref), say) as waited:
            if waited and is_complete(store, job.ref):
                return
            target = part_of(store, job)
            if local is None:
                download(expected, urls, target, patience, say)
            else:
                take_local(expected, local, target)
            with new_artefact(store, job) as folder:
                _move(target, folder / expected.filename)
    except OSError as error:
        raise StudyError(
            f"{final}: {expected.filename} cannot be written there ({error.strerror or error}); "
            "check the disk and the folder's permissions"
        ) from error


def part_of(store: Path, job: Job) -> Path:
    """Return where the file of a download is assembled."""
    return work_folder(store, job.ref) / str(job.spec["filename"])


@contextmanager
def _alone(folder: Path, say: Say) -> Iterator[bool]:
    """Be the only process in a work folder; yield whether another one had to be waited for.

    The kernel releases the lock however a process ends. The folder is removed if nothing is left in it.
    """
    path = folder / "lock"
    waited = False
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        with open(path, "a", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another process that is downloading the same file")
                waited = True
                fcntl.flock(lock, fcntl.LOCK_EX)
            if _is_at(lock, path):
                try:
                    yield waited
                finally:
                    path.unlink()
                    if not any(folder.iterdir()):
                        folder.rmdir()
                return


def _is_at(file: TextIO, path: Path) -> bool:
    """Return whether an open file is still the one at a path: its previous holder may have removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _move(source: Path, target: Path) -> None:
    """Move a file, copying it if results are spread over several file systems."""
    with atomic(target) as temporary:
        shutil.move(source, temporary)


def take_local(expected: Expected, source: Path, target: Path) -> None:
    """Copy a file that is on this machine to ``target``; raise StudyError if it is not the expected one."""
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise StudyError(
            f"{source}: cannot be copied ({error.strerror}); "
            f"'file' must name a copy of {expected.filename} on this machine ({expected})"
        ) from error
    fault = expected.fault(target)
    if fault is not None:
        target.unlink()
        raise StudyError(f"{source}: is not {expected.filename}: expected {expected}, but {fault}")


def download(
    expected: Expected,
    urls: Sequence[str],
    target: Path,
    patience: Patience,
    say: Say = lambda line: None,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Download the expected file to ``target`` from the first address that has it; raise StudyError if none does.

    ``target`` may have the beginning of the file, and keeps whatever arrived if the file did not arrive completely.
    """
    if target.exists() and expected.fault(target) is None:
        return
    faults = []
    for url in urls:
        fault = _try_address(expected, url, target, patience, say, clock)
        if fault is None:
            return
        faults.append(f"{url}: {fault}")
        say(f"{expected.filename}: {faults[-1]}")
    if target.exists() and target.stat().st_size == 0:
        target.unlink()
    raise StudyError(
        f"{expected.filename}: could not be downloaded; expected {expected}; "
        f"{'; '.join(faults) or 'no address is given'}; "
        "to place it by hand, download it elsewhere and set 'file' to its path, next to its checksum"
    )


def _try_address(
    expected: Expected, url: str, target: Path, patience: Patience, say: Say, clock: Callable[[], float]
) -> str | None:
    """Download from one address; return what went wrong in the last attempt, or None if the file is complete."""
    attempts = patience.attempts
    fault: str | None = "never tried"
    while attempts:
        attempts -= 1
        try:
            goes_on = transfer(url, expected, target, patience, say, clock)
        except Fault as error:
            fault = str(error)
            if not error.may_pass:
                break
            if attempts:
                time.sleep(patience.pause)
            continue
        fault = expected.fault(target)
        if fault is None:
            break
        target.unlink()
        if not goes_on:
            break
        attempts = max(attempts, 1)  # what was here already may have been wrong: once more from the start
    return fault
