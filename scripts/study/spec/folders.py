"""Where results may be written."""

import os
import re
from pathlib import Path

from study.errors import StudyError

LONGEST_NAME, LONGEST_PATH = 200, 3500
"""Bytes: Linux takes 255 and 4096, of which the names below the folder need a part."""
WORKFLOW = (".git", ".snakemake", "config", "docs", "envs", "profiles", "report", "rules", "scripts", "tests")
"""Folders of the workflow itself."""


def check_results(results: str, here: Path, root: Path) -> None:
    """Raise StudyError if a study's files cannot or must not be written into a folder; nothing is written.

    ``here`` is the folder that a relative path begins in, ``root`` that of the Snakefile.
    """
    problem = _problem_of_text(results) or _problem_of_place((here / results).absolute(), root.absolute())
    if problem:
        raise StudyError(f"configuration: results: {_shown(results)} {problem}; give another folder")


def _problem_of_text(results: str) -> str | None:
    if not results.strip() or results != results.strip():
        return "is empty or begins or ends with a space"
    if re.search("[\x00-\x1f\x7f\ud800-\udfff]", results):
        return "has a line break or another character that cannot be printed"
    if re.search("[{}]", results):
        return "has a brace, which Snakemake takes for a wildcard"
    if any(len(part.encode()) > LONGEST_NAME for part in Path(results).parts) or len(results.encode()) > LONGEST_PATH:
        return "is too long for a file system"
    return None


def _problem_of_place(folder: Path, root: Path) -> str | None:
    # Links are not followed: a results folder that is one may lie anywhere.
    folder, root = Path(os.path.normpath(folder)), Path(os.path.normpath(root))
    if folder == root or folder in root.parents:
        return "holds the workflow itself"
    if any(folder == root / name or root / name in folder.parents for name in WORKFLOW) or ".git" in folder.parts:
        return "is part of the workflow itself"
    try:
        blocking = next((place for place in (folder, *folder.parents) if place.exists() and not place.is_dir()), None)
    except OSError as error:
        return f"cannot be looked at ({error.strerror})"
    return f"is no folder: {blocking} is a file" if blocking else None


def _shown(text: str) -> str:
    plain = ascii(text)
    return plain if len(plain) <= 60 else f"{plain[:57]}..."
