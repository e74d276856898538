"""Training a run once: under its lease, with its own log, and remembering errors that would recur."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from study.errors import PermanentError, Stopped, StudyError
from study.runs.checkpoints import remove_all
from study.runs.finished import end_attempts, note_restored
from study.runs.run_lease import hold_run
from study.store.artefacts import is_complete, place_artefact, work_folder
from study.store.files import remove_left_overs, write_text
from study.store.jobs import Job
from study.store.lease import Lease

SESSION = "STUDY_SESSION"
"""Environment variable that is the same in all jobs of one snakemake command."""


@dataclass(frozen=True)
class Work:
    """A run's work folder: what is needed to resume after a stop, and nothing that is a result."""

    folder: Path
    """Also the store that the finished artefact is written to first."""
    lease: Lease
    store: Path
    """The store with the finished runs, including this one once it is finished."""

    def say(self, text: str) -> None:
        """Print a line, and append it to the run's own log; Snakemake deletes a rule's log before each attempt.

        A line that cannot be written, as on a full disk, is lost: no training ends because of it.
        """
        with suppress(OSError):
            print(text, flush=True)
        with suppress(OSError), (self.folder / "train.log").open("a", encoding="utf-8") as log:
            log.write(f"{text}\n")


def train_once(store: Path, job: Job, train: Callable[[Work], None]) -> None:
    """Hold the run's lease, call ``train``, and put what it made into the store.

    If the run is already complete, with every file that this job makes, it is used as it is, and that is recorded for
    Snakemake's output (see ``finished``). A remembered error is raised again.
    """
    folder = work_folder(store, job.ref)
    with _signals(), hold_run(folder, lambda text: print(f"{job.name}: {text}", flush=True)) as lease:
        work = Work(folder, lease, store)
        remove_left_overs(folder)
        if is_complete(store, job.ref, with_dropped=True):
            _say_restored(work, job, "another process finished this run meanwhile; its result is used")
            _clear(folder)
            return
        if is_complete(folder, job.ref, with_dropped=True):
            _say_restored(work, job, "an earlier attempt finished this run; its result is used")
            _finish(store, job, folder)
            return
        _raise_remembered(folder)
        try:
            train(work)
            lease.check()
            _finish(store, job, folder)
        except StudyError as error:
            _remember(work, error)
            raise
        except Stopped as stop:
            work.say(f"stopped: {stop}")
            raise


def _say_restored(work: Work, job: Job, sentence: str) -> None:
    work.say(f"{job.name}: {sentence}")
    note_restored(work.folder, sentence)


def _finish(store: Path, job: Job, folder: Path) -> None:
    place_artefact(job.ref, folder, store)
    _clear(folder)


def _clear(folder: Path) -> None:
    remove_all(folder)
    end_attempts(folder)


def _remember(work: Work, error: StudyError) -> None:
    work.say(f"error: {error}")
    content = {
        "sentence": str(error),
        "permanent": isinstance(error, PermanentError),
        "session": os.environ.get(SESSION),
    }
    write_text(work.folder / "error.json", json.dumps(content, ensure_ascii=False) + "\n")


def _raise_remembered(folder: Path) -> None:
    """End an attempt that could only fail again: the settings decide it, or this command has already failed."""
    path = folder / "error.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    session = os.environ.get(SESSION)
    if content["permanent"]:
        raise StudyError(f"{content['sentence']} (remembered; change the settings, or delete {path} to try again)")
    if session is not None and content["session"] == session:
        raise StudyError(content["sentence"])
    path.unlink()


@contextmanager
def _signals() -> Iterator[None]:
    """Turn SIGTERM and SIGINT into Stopped, so that files are closed and the lease is released."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(signal.Signals(number).name, 128 + number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
