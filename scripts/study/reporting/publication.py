"""Readable names for a study's results: copies of its report and tables, and links to the files of its runs."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from study.errors import StudyError
from study.store.artefacts import Artefact
from study.store.files import TEMPORARY, atomic

RUN_FILES = ("model.", "history.csv", "run.json", "predictions.parquet", "metrics.json")
"""The files of a run that are published, by their names or how these begin."""


def publish_copies(folder: Path, files: Iterable[Path], replaced: str) -> list[Path]:
    """Copy files into a folder; what else there matches the pattern ``replaced`` is of an older study and goes."""
    published = []
    for file in files:
        with atomic(folder / file.name) as temporary:
            shutil.copyfile(file, temporary)
        published.append(folder / file.name)
    for old in set(folder.glob(replaced)) - set(published):
        old.unlink()
    return published


def publish_runs(folder: Path, runs: Mapping[tuple[str, int], Iterable[Artefact]]) -> list[Path]:
    """Make ``ARM/seed-N`` a folder of relative links to the files of a run's artefacts; older links go."""
    published = [
        link
        for (arm, seed), artefacts in runs.items()
        for artefact in artefacts
        for link in _link_files(folder / arm / f"seed-{seed}", artefact)
    ]
    _remove_links(folder, keep=set(published))
    return published


def _link_files(folder: Path, artefact: Artefact) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    links = []
    for name in artefact.names:
        if name.startswith(RUN_FILES):
            target = os.path.relpath(artefact.folder.absolute() / name, folder.absolute())
            _link(folder / name, target)
            links.append(folder / name)
    return links


def _link(path: Path, target: str) -> None:
    """Make ``path`` a link, in place of whatever link was there."""
    if path.exists() and not path.is_symlink():
        raise StudyError(f"{path}: is not a link of this workflow's making; move it away and give the command again")
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    os.replace(temporary, path)


def _remove_links(folder: Path, keep: set[Path]) -> None:
    """Remove links of runs that are not to be kept, and the folders that this leaves empty."""
    for run in sorted(folder.glob("*/seed-*")):
        for path in run.iterdir():
            if path.is_symlink() and path not in keep:
                path.unlink()
        for emptied in (run, run.parent):
            if not any(emptied.iterdir()):
                emptied.rmdir()


def remove_older(own: Path) -> None:
    """Remove the artefacts of earlier publications, so that going back to an earlier study publishes it again."""
    for folder in own.parent.glob("*"):
        if folder != own:
            shutil.rmtree(folder)


def remove_partial(folder: Path) -> None:
    """Remove partial reports, which a complete one replaces."""
    for path in folder.glob("partial.*"):
        path.unlink()
