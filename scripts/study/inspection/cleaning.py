"""What lies in the results folders that no configuration needs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from study.errors import StudyError
from study.inspection.study import InspectedStudy, folders_of, read_study
from study.spec.load import read_config
from study.store.code import FOLDER as CODE


@dataclass(frozen=True)
class Leftover:
    """A folder or file that nothing needs."""

    path: Path
    size: int
    """Bytes of all files in it."""


def read_studies(folder: Path) -> list[InspectedStudy]:
    """The studies of all configurations in a folder; StudyError, naming the file, if one cannot be read.

    A file that another one names, such as a list of claims, is a part of that one.
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
                studies.append(read_study([file]))
    return studies


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    try:
        yield
    except StudyError as error:
        raise StudyError(f"{file}: nothing is removed, since what it needs is not known: {error}") from error


def leftovers(studies: Sequence[InspectedStudy]) -> list[Leftover]:
    """Artefacts, work folders and notes of code that none of the studies with the same results folder needs."""
    found = []
    for place, results in {study.results.resolve(): study.results for study in studies}.items():
        jobs = [job for study in studies if study.results.resolve() == place for job in study.plan.jobs]
        folders = {job.ref.folder for job in jobs}
        codes = {job.code for job in jobs}
        for parent in (results / "store", results / "work"):
            found += [parent / ref.folder for ref in folders_of(parent) if ref.folder not in folders]
        found += [note for note in sorted((results / "store" / CODE).glob("*.json")) if note.stem not in codes]
    return [Leftover(path, _size(path)) for path in found]


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if not file.is_dir())
