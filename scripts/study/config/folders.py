"""Where results may be written."""

import os
import re
from pathlib import Path

from study.config.strict_yaml import UNPRINTABLE
from study.errors import StudyError

LONGEST_NAME, LONGEST_PATH = 200, 3500
"""Bytes: Linux allows 255 and 4096, of which the names below the folder need a part."""
FREE = 1_000_000
"""Bytes: a disk with fewer is full."""
WORKFLOW = (
    *(".cache", ".git", ".snakemake", ".venv"),
    *("config", "docs", "envs", "profiles", "report", "rules", "scripts", "tests"),
)
"""Folders of the workflow itself."""


OWN = ("store", "work", "logs", "benchmarks", "commands", "history", "report", "summary", "runs")
"""Folders that a study makes in its results folder."""


def check_results(results: str, here: Path, root: Path) -> None:
    """Raise StudyError if a study's files cannot or must not be written to a folder; nothing is written.

    ``here`` is the folder that a relative path starts from, ``root`` that of the Snakefile.
    """
    problem = _problem_of_text(results)
    if problem is None:
        # Links are not followed, or only to a place that is not part of the workflow either.
        places = {Path(os.path.normpath(here / results)), Path(os.path.realpath(here / results))}
        found = (_problem_of_place(place, here, Path(os.path.normpath(root))) for place in sorted(places))
        problem = next((problem for problem in found if problem), None)
    if problem:
        raise StudyError(f"configuration: results: {_shown(results)} {problem}; choose another folder")


def check_writable(folder: Path) -> None:
    """Raise StudyError if nothing can be written to a folder, which may not exist yet; nothing is written.

    A job that fails for such a reason often cannot say so itself, since its log is in the same place.
    """
    place = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not os.access(place, os.W_OK | os.X_OK):
        raise StudyError(
            f"results: {folder} cannot be written, since {place} is read-only here; check its permissions, "
            "or set results to a folder that can be written, and run the command again"
        )
    disk = os.statvfs(place)
    if disk.f_bavail * disk.f_frsize < FREE or (disk.f_files and not disk.f_favail):
        raise StudyError(
            f"results: {folder} cannot be written, since the disk of {place} is full; everything complete so far is "
            "kept: free some space, and run the command again"
        )


def _problem_of_text(results: str) -> str | None:
    if not results.strip() or results != results.strip():
        return "is empty or begins or ends with a space"
    if re.search(f"[\t\n\r{UNPRINTABLE}]", results):
        return "has a line break or another character that cannot be printed"
    if re.search("[{}]", results):
        return "has a brace, which Snakemake takes for a wildcard"
    if results.startswith("-"):
        return "begins with a dash, which programs take for an option"
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", results):
        return "is an address, not a folder"
    if any(len(part.encode()) > LONGEST_NAME for part in Path(results).parts):
        return "is too long for a file system"
    return None


def _problem_of_place(folder: Path, here: Path, root: Path) -> str | None:
    if len(os.fsencode(folder)) > LONGEST_PATH:
        return "is too long for a file system"
    if folder in (root, *root.parents):
        return "contains the workflow itself"
    if folder in (here, *here.parents):
        return "contains the folder in which the command runs"
    if any(root / name in (folder, *folder.parents) for name in WORKFLOW) or ".git" in folder.parts:
        return "is part of the workflow itself"
    try:
        blocking = next((place for place in (folder, *folder.parents) if os.path.lexists(place)), folder)
        if not blocking.is_dir():
            return f"is not a folder: {blocking} is something else"
        inside = next((path for name in OWN if os.path.lexists(path := folder / name) and not path.is_dir()), None)
        return f"cannot be used: {inside} is not a folder" if inside else None
    except OSError as error:
        return f"cannot be inspected ({error.strerror})"


def _shown(text: str) -> str:
    plain = re.sub(f"[\t\n\r{UNPRINTABLE}]", lambda found: ascii(found.group())[1:-1], text)
    return f"'{plain}'" if len(plain) <= 60 else f"'{plain[:57]}...'"
