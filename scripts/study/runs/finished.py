"""A finished run's copy in its work folder: what it is for, when it goes, and who says that it was used.

Snakemake deletes the outputs of a job whose end it did not see, or that it takes for failed. A training therefore
leaves what it made in its work folder too, as hard links, which take no space. The copy is for that danger only: the
command that runs Snakemake removes it as soon as the end was seen, and does not use it where a training is forced or
its folder in the store was deleted. Loads no framework and no NumPy: the Snakefile imports it.
"""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from study.store.artefacts import is_complete, place_artefact, work_folder
from study.store.files import write_text
from study.store.jobs import Ref

FORCED = "forced"
"""File of a work folder while a forced training is not finished: its checkpoints are of that training."""
KEPT = "kept"
"""File of a work folder whose finished run Snakemake took for failed, and deleted: its copy is for the next command."""
RESTORED = "restored"
"""File of a work folder that says, until Snakemake's output said it too, what was taken instead of trained."""


class Dag(Protocol):
    """What is used here of Snakemake's graph of jobs."""

    @property
    def jobs(self) -> Iterable[Any]:
        """All jobs."""

    def needrun(self, job: Any) -> bool:
        """Whether a job has to run in this command."""

    def finished(self, job: Any) -> bool:
        """Whether Snakemake saw a job end well."""

    def reason(self, job: Any) -> Any:
        """Why a job has to run; ``forced`` where it was asked for, and where its end was not seen."""


def before_jobs(dag: Dag, store: Path, ref_of: Callable[[Any], Ref | None], is_forced: Callable[[Ref], bool]) -> None:
    """Settle, before any job of a command starts, which finished copies may be used.

    ``ref_of`` gives the run that a job trains, and None for other jobs. ``is_forced``: whether a run is to be trained
    again although it is there.
    """
    for job in dag.jobs:
        ref = ref_of(job)
        if ref is None:
            continue
        if not dag.needrun(job):
            forget(store, ref)
        elif is_forced(ref):
            begin_anew(store, ref)
        elif not (store / ref.folder).exists() and not (work_folder(store, ref) / KEPT).exists():
            # While a command runs, Snakemake leaves the folders of the files that it deletes: this was a user.
            _remove_copy(store, ref)
        elif dag.reason(job).forced and is_complete(store, ref, with_dropped=True):
            # Snakemake forces what it marked as incomplete; a command in another folder may have removed the copy.
            place_artefact(ref, store, work_folder(store, ref))


def after_jobs(dag: Dag, store: Path, ref_of: Callable[[Any], Ref | None]) -> list[tuple[Ref, str]]:
    """Remove the copies of runs whose end Snakemake has seen, and mark others; runs that were not trained, and why."""
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
            write_text(work_folder(store, ref) / KEPT, "complete, and its job counted as failed\n")
    return restored


def begin_anew(store: Path, ref: Ref) -> None:
    """Let a forced training train: forget a finished copy, a remembered error, and the state of other attempts.

    Checkpoints of a forced training that was stopped stay, so that the same command goes on.
    """
    folder = work_folder(store, ref)
    _remove_copy(store, ref)
    for name in ("error.json", KEPT):
        (folder / name).unlink(missing_ok=True)
    if not (folder / FORCED).exists():
        for checkpoint in folder.glob("checkpoint-*.npz"):
            checkpoint.unlink(missing_ok=True)
        write_text(folder / FORCED, "this training was forced; what is saved here is of it\n")


def forget(store: Path, ref: Ref) -> None:
    """Remove what protected a run whose end was seen."""
    _remove_copy(store, ref)
    end_attempts(work_folder(store, ref))


def end_attempts(folder: Path) -> None:
    """Note in a work folder that no forced training is under way any more, and nothing kept for the next command."""
    for name in (FORCED, KEPT):
        (folder / name).unlink(missing_ok=True)


def note_restored(folder: Path, sentence: str) -> None:
    """Leave word in a work folder that a result was taken instead of trained."""
    write_text(folder / RESTORED, f"{sentence}\n")


def _remove_copy(store: Path, ref: Ref) -> None:
    shutil.rmtree(work_folder(store, ref) / ref.kind, ignore_errors=True)
