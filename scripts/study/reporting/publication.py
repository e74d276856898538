"""Readable names for a study's results, and a record of them: only what it names is replaced or removed.

The record has, for every path below the results folder, the marks of everything that was ever put there: a file with
any other content is a person's, whatever it is called.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from study.errors import StudyError
from study.store.artefacts import SIDECAR, Artefact, open_artefact
from study.store.files import atomic, sha256, temporary_name, write_text
from study.store.jobs import Ref

RECORD = "published.json"
"""Name of the record in the results folder, and of the list of names in each published study's artefact."""
RUN_FILES = ("model.", "history.csv", "run.json", "predictions.parquet", "metrics.json")
"""The files of a run that are published, by name or prefix."""
KEPT_MARKS = 20
"""Marks kept per path: Snakemake puts a published file's last content back when publishing fails."""
LINK = "-> "
"""Prefix of the mark of a link; that of a file is its SHA-256."""

Marks = Mapping[str, list[str]]
"""By path below the results folder, what was put there, newest last."""


@dataclass(frozen=True)
class Contents:
    """The intended content of a results folder, by path below it."""

    copies: Mapping[str, Path]
    """Files to copy."""
    links: Mapping[str, str]
    """Targets of links, relative to the links' folders."""

    def marks(self) -> dict[str, str]:
        """Return the mark that each path will have."""
        copies = {name: sha256(source) for name, source in self.copies.items()}
        return copies | {name: _link_mark(target) for name, target in self.links.items()}


def publish(results: Path, contents: Contents, say: Callable[[str], None]) -> None:
    """Put a whole study in place, and remove what earlier publishings made that is not part of it.

    Whatever a person changed or made stays; ``say`` is told of published files that were changed since. Raises
    StudyError, before anything is changed, if something of a person's has a name that is needed.
    """
    record = _put(results, contents)
    for name in [name for name in record if name not in contents.copies and name not in contents.links]:
        path = results / name
        if _is_own(path, record[name]):
            path.unlink()
            _remove_emptied(path.parent, results)
        elif _mark(path) is not None:
            say(f"{path}: was published but has been changed since, so it is left in place")
        del record[name]
    _write_record(results, record)


def add_copies(results: Path, copies: Mapping[str, Path]) -> None:
    """Put files in place next to what is published; raise StudyError if something of a person's has such a name."""
    _put(results, Contents(copies, {}))


def _put(results: Path, contents: Contents) -> dict[str, list[str]]:
    """Put contents in place, recorded before they exist; return the record."""
    record = _read_record(results)
    marks = contents.marks()
    for name, mark in marks.items():
        path = results / name
        _check_own(path, [*record.get(name, []), mark], results)
        record[name] = [*(old for old in record.get(name, []) if old != mark), mark][-KEPT_MARKS:]
    _write_record(results, record)
    for name, source in contents.copies.items():
        with atomic(results / name) as temporary:
            shutil.copyfile(source, temporary)
    for name, target in contents.links.items():
        _link(results / name, target)
    return record


def _check_own(path: Path, marks: Sequence[str], results: Path) -> None:
    if _mark(path) is None or _is_own(path, marks) or _is_into_store(path, results):
        return
    what = "a link of this workflow's making" if marks[-1].startswith(LINK) else "as this workflow made it"
    raise StudyError(f"{path}: is not {what}; move it away and run the command again")


def _is_own(path: Path, marks: Iterable[str]) -> bool:
    return _mark(path) in set(marks)


def _is_into_store(path: Path, results: Path) -> bool:
    """Return whether a path is a link to something in the store, with which nothing is lost."""
    store = os.path.realpath(results / "store")
    return path.is_symlink() and os.path.realpath(path).startswith(f"{store}{os.sep}")


def _mark(path: Path) -> str | None:
    """Return the mark of what is at a path: the hash of a file or the target of a link; None if nothing is."""
    if path.is_symlink():
        return _link_mark(os.readlink(path))
    if path.is_file():
        return sha256(path)
    return "a folder" if path.exists() else None


def _link_mark(target: str) -> str:
    return f"{LINK}{target}"


def run_links(results: Path, runs: Mapping[tuple[str, int], Iterable[Artefact]]) -> dict[str, str]:
    """Return links ``runs/ARM/seed-N/FILE`` to the files of each run's artefacts, with their targets."""
    links = {}
    for (arm, seed), artefacts in runs.items():
        folder = results / "runs" / arm / f"seed-{seed}"
        for artefact in artefacts:
            for name in artefact.names:
                if name.startswith(RUN_FILES):
                    target = os.path.relpath(artefact.folder.absolute() / name, folder.absolute())
                    links[f"runs/{arm}/seed-{seed}/{name}"] = target
    return links


def _link(path: Path, target: str) -> None:
    """Make ``path`` a link, replacing what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(path)
    temporary.symlink_to(target)
    os.replace(temporary, path)


def _remove_emptied(folder: Path, results: Path) -> None:
    """Remove a folder and those above it, up to the results folder, as far as they are empty."""
    while folder != results and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def remove_older(own: Path) -> None:
    """Remove the artefacts of earlier publications, so that going back to an earlier study publishes it again."""
    for folder in own.parent.glob("*"):
        if folder != own and re.fullmatch(r"study-[0-9a-f]{16}", folder.name):
            shutil.rmtree(folder)


def _read_record(results: Path) -> dict[str, list[str]]:
    path = results / RECORD
    if not path.exists():
        return _earlier_record(results)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        record = {str(name): [str(mark) for mark in marks] for name, marks in content.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        raise StudyError(
            f"{path}: cannot be read, so it is unknown which files are the workflow's; move it, report/, summary/ "
            "and runs/ away and run the command again"
        ) from None
    return {name: marks for name, marks in record.items() if _is_below(name)}


def _earlier_record(results: Path) -> dict[str, list[str]]:
    """Return a record made from the lists in published artefacts and the hashes in their inputs' sidecars."""
    record: dict[str, list[str]] = {}
    for folder in sorted((results / "store" / "published").glob("study-*")):
        try:
            published = open_artefact(folder.parents[1], Ref("published", *folder.name.rpartition("-")[::2]))
            names = json.loads(published.file(RECORD).read_text(encoding="utf-8"))
        except StudyError:
            continue
        made = [published, *_readable(results / "store", published.sidecar["inputs"])]
        hashes = {entry["sha256"] for artefact in made for entry in artefact.sidecar["files"].values()}
        for name in names:
            mark = _mark(results / name)
            if mark in hashes or _is_into_store(results / name, results):
                record.setdefault(name, []).append(str(mark))
    return record


def _readable(store: Path, inputs: Iterable[list[str]]) -> list[Artefact]:
    refs = [Ref(*entry) for entry in inputs]
    return [open_artefact(store, ref) for ref in refs if (store / ref.folder / SIDECAR).is_file()]


def _write_record(results: Path, record: Marks) -> None:
    write_text(results / RECORD, json.dumps(dict(sorted(record.items())), indent=1) + "\n")


def _is_below(name: str) -> bool:
    return not Path(name).is_absolute() and ".." not in Path(name).parts
