"""Writing files so that a name always refers to a complete file."""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from study.machine.process import process_of, this_process

TEMPORARY = ".tmp-"
"""Prefix of files that are being written; the token of the writing process follows."""

FORGOTTEN = 3600.0
"""Seconds without a change after which a temporary file counts as left over, if its writer's state is unknown."""


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary path next to ``path``; if the block succeeds, the file gets its final name.

    Left-overs of killed writers of the same name are removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left_overs(path.parent, path.name)
    temporary = temporary_name(path)
    try:
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def temporary_name(path: Path) -> Path:
    """Return a name next to ``path`` for what this process is writing."""
    return path.with_name(f"{TEMPORARY}{this_process().token}-{path.name}")


def is_left_over(path: Path) -> bool:
    """Return whether a temporary file or folder belongs to a writer that is gone."""
    process = process_of(path.name.removeprefix(TEMPORARY))
    alive = None if process is None else process.is_alive()
    if alive is not None:
        return not alive
    try:
        return time.time() - path.lstat().st_mtime > FORGOTTEN
    except FileNotFoundError:
        return False


def remove_left_overs(folder: Path, name: str | None = None) -> None:
    """Remove the temporary files and folders in a folder whose writers are gone, and no others.

    ``name`` limits this to those that were to get this name.
    """
    for path in folder.glob(f"{TEMPORARY}*"):
        if (name is None or path.name.endswith(f"-{name}")) and is_left_over(path):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text, under its final name only once it is complete."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
