"""What is in the results folders that no configuration needs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from study.config.load import DEFAULT_CONFIG, read_config
from study.errors import StudyError
from study.inspection.commands import Command, latest, read_commands
from study.inspection.study import InspectedStudy, folders_of, read_study
from study.store.code import FOLDER as CODE
from study.store.files import TEMPORARY, is_left_over


@dataclass(frozen=True)
class Leftover:
    """A folder or file that nothing needs."""

    path: Path
    size: int
    """Bytes of all files in it."""
    words: str = ""
    """What it is: the arms and seeds that it served, if known."""


def read_studies(folder: Path) -> list[InspectedStudy]:
    """Return the studies of all configurations in a folder; raise StudyError, naming the file, if one cannot be read.

    A file that another one names, such as a list of claims, belongs to that one.
    """
    files = sorted(folder.glob("*.yaml"))
    parts: set[Path] = set()
    studies: list[InspectedStudy] = []
    for file in files:
        with _naming(file):
            parts |= {Path(value) for value in read_config([file]).values() if isinstance(value, str)}
    for file in files:
        if file not in parts:
            with _naming(file):
                studies.append(_read_alone_or_laid_over(file))
    return studies


def _read_alone_or_laid_over(file: Path) -> InspectedStudy:
    """Return the study of a file or, if it is not one by itself, that of the default with the file laid over it."""
    try:
        return read_study([file])
    except StudyError:
        with suppress(StudyError):
            return read_study([Path(DEFAULT_CONFIG), file])
        raise


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    try:
        yield
    except StudyError as error:
        raise StudyError(f"{file}: nothing is removed, since what it needs is unknown: {error}") from error


def results_of(studies: Sequence[InspectedStudy]) -> list[Path]:
    """Return the results folders of the studies, each once."""
    return list({study.results.resolve(): study.results for study in studies}.values())


def leftovers(studies: Sequence[InspectedStudy]) -> list[Leftover]:
    """Return what is in the results folders but needed by no study, nor by the last run of any command there.

    These are artefacts, work folders, notes of code, and temporary files of processes that are gone. Raises StudyError
    if it is unknown what a command needs.
    """
    found = []
    for results in results_of(studies):
        jobs = [job for study in studies if study.results.resolve() == results.resolve() for job in study.plan.jobs]
        commands = read_commands(results)
        ran = latest(commands)
        folders = {job.ref.folder for job in jobs}.union(*(command.artefacts for command in ran))
        codes = {job.code for job in jobs}.union(*(command.codes for command in ran))
        served = {folder: words for command in commands for folder, words in command.artefacts.items()}
        for parent in (results / "store", results / "work"):
            found += [
                Leftover(parent / ref.folder, _size(parent / ref.folder), served.get(ref.folder, ""))
                for ref in folders_of(parent)
                if ref.folder not in folders
            ]
        notes = sorted((results / "store" / CODE).glob("*.json"))
        found += [Leftover(note, _size(note)) for note in notes if note.stem not in codes]
        inside = {item.path for item in found}
        found += [
            Leftover(path, _size(path), "temporary file of a process that is gone")
            for path in _abandoned(results)
            if inside.isdisjoint(path.parents)
        ]
    return found


def superseded(results: Path) -> list[Command]:
    """Return the notes of commands that have run again with another plan."""
    commands = read_commands(results)
    kept = latest(commands)
    return [command for command in commands if command not in kept]


def _abandoned(results: Path) -> list[Path]:
    """Return the temporary files and folders below a results folder whose writers are gone."""
    found = [path for path in sorted(results.rglob(f"{TEMPORARY}*")) if is_left_over(path)]
    return [path for path in found if set(found).isdisjoint(path.parents)]


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() and not path.is_symlink() else [path]
    return sum(file.lstat().st_size for file in files if not file.is_dir())
