"""Who holds a folder: one workflow at a time, and nothing to unlock after a kill."""

import fcntl
import os
import platform
import time
from pathlib import Path
from typing import TextIO

from study.errors import StudyError


def hold_folder(folder: Path) -> TextIO:
    """Hold a workflow's folder for as long as the file that is returned stays open.

    The kernel gives the hold back when the process ends, however it ends.
    Raises StudyError, naming the holder, if another process holds the folder.
    """
    path = folder / ".snakemake" / "holder"
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip() or "another process"
        file.close()
        raise StudyError(
            f"{folder} is held by {holder}; wait until it ends, or stop it and give the command again"
        ) from None
    file.truncate(0)
    file.write(f"the snakemake process {os.getpid()} on {platform.node()} since {time.strftime('%Y-%m-%d %H:%M:%S')}")
    file.flush()
    return file


def can_lock(path: Path) -> bool:
    """Whether the file system of an existing file knows locks, by which folders and trainings are held."""
    with path.open("r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
