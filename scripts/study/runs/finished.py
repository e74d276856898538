"""A finished run's copy in its work folder: what it is for, when it is removed, and who reports that it was used.

Snakemake deletes the outputs of a job whose end it did not see, or that it considers failed. A training therefore also
keeps what it made in its work folder, as hard links, which take no space. The copy serves only that case: the command
that runs Snakemake removes it as soon as it has seen the job end, and does not use it if a training is forced or its
folder in the store was deleted. Loads no framework and no NumPy, since the Snakefile imports it.
"""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from study.store.artefacts import is_complete, place_artefact, work_folder
from study.store.files import write_text
from study.store.jobs import Ref

FORCED = "forced"
"""File in a work folder while a forced training is unfinished: the checkpoints there are its own."""
KEPT = "kept"
"""File in a work folder whose finished run Snakemake considered failed and deleted: the next command uses the copy."""
RESTORED = "restored"
"""File in a work folder that says what was used instead of a training, until Snakemake's output has said it too."""


class Dag(Protocol):
    """The part of Snakemake's job graph that is used here."""

    @property
    def jobs(self) -> Iterable[Any]:
        """All jobs."""

    def needrun(self, job: Any) -> bool:
        """Return whether a job has to run in this command."""

    def finished(self, job: Any) -> bool:
        """Return whether Snakemake saw a job succeed."""

    def reason(self, job: Any) -> Any:
        """Return why a job has to run; ``forced`` if it was asked for, and if its end was not seen."""


def before_jobs(dag: Dag, store: Path, ref_of: Callable[[Any], Ref | None], is_forced: Callable[[Ref], bool]) -> None:
    """Settle which finished copies may be used, before any job of a command starts.

    ``ref_of`` returns the run that a job trains, and None for other jobs. ``is_forced`` returns whether a run is to be
    trained again although it exists.
    """
    for job in dag.jobs:
        ref = ref_of(job)
        if ref is None:
            continue
        if not dag.needrun(job):
            forget(store, ref)
        elif is_forced(ref):
            start_afresh(store, ref)
        elif not (store / ref.folder).exists() and not (work_folder(store, ref) / KEPT).exists():
            # While a command runs, Snakemake keeps the folders of the files that it deletes: a user deleted this one.
            _remove_copy(store, ref)
        elif dag.reason(job).forced and is_complete(store, ref, with_dropped=True):
            # Snakemake forces what it has marked as incomplete; a command in another folder may have removed the copy.
            place_artefact(ref, store, work_folder(store, ref))


def after_jobs(dag: Dag, store: Path, ref_of: Callable[[Any], Ref | None]) -> list[tuple[Ref, str]]:
    """Remove the copies of runs whose end Snakemake has seen, mark others, and return the runs not trained, and why."""
    restored = []
    for job in dag.jobs:
        ref = ref_of(job)
        if ref is None:
            continue
        note = work_folder(store, ref) / RESTORED
        if note.exists():
            restored.append((ref, note.read_text(encoding="utf-8").strip()))
            note.unlink()
        if not dag.needrun(job) or dag.finished(job):
            forget(store, ref)
        elif (work_folder(store, ref) / ref.folder).exists():
            write_text(work_folder(store, ref) / KEPT, "complete, but its job counted as failed\n")
    return restored


def start_afresh(store: Path, ref: Ref) -> None:
    """Make a forced training train: forget a finished copy, a remembered error, and the state of other attempts.

    Checkpoints of a forced training that was stopped stay, so that the same command resumes it.
    """
    folder = work_folder(store, ref)
    _remove_copy(store, ref)
    for name in ("error.json", KEPT):
        (folder / name).unlink(missing_ok=True)
    if not (folder / FORCED).exists():
        for checkpoint in folder.glob("checkpoint-*.npz"):
            checkpoint.unlink(missing_ok=True)
        write_text(folder / FORCED, "this training was forced; what is saved here belongs to it\n")


def forget(store: Path, ref: Ref) -> None:
    """Remove what protected a run whose end has been seen."""
    _remove_copy(store, ref)
    end_attempts(work_folder(store, ref))


def end_attempts(folder: Path) -> None:
    """Record in a work folder that no forced training is under way, and nothing is kept for the next command."""
    for name in (FORCED, KEPT):
        (folder / name).unlink(missing_ok=True)


def note_restored(folder: Path, sentence: str) -> None:
    """Record in a work folder that a result was used instead of a training."""
    write_text(folder / RESTORED, f"{sentence}\n")


def _remove_copy(store: Path, ref: Ref) -> None:
    shutil.rmtree(work_folder(store, ref) / ref.kind, ignore_errors=True)
