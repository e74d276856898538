"""Reading a tensor cache from a copy on the compute node's own disk, to spare the shared file server."""

import argparse
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

from study.data.tensor_cache import TensorCache, read_cache
from study.errors import StudyError
from study.store.artefacts import Artefact

Staging = Literal["auto", "never"]
SHARE = 0.5
"""Largest share of the free space that a copy may take; other jobs on the node need some too."""


def add_staging(parser: argparse.ArgumentParser) -> None:
    """Add the argument ``--staging`` to a program's parser."""
    parser.add_argument(
        "--staging",
        choices=get_args(Staging),
        default="never",
        help="auto: in a SLURM job, read the tensors from a copy in $TMPDIR if they fit (default: never)",
    )


def read_staged(artefact: Artefact, staging: Staging, say: Callable[[str], object]) -> TensorCache:
    """Open a cache, from a copy in $TMPDIR if staging asks for one and it fits; say what was copied, or why not.

    The copy's names are gone on return, and its space is freed when the process ends, however it ends: the images stay
    mapped. Raises StudyError if a file is missing or damaged.
    """
    temporary = os.environ.get("TMPDIR")
    if staging == "never" or temporary is None or "SLURM_JOB_ID" not in os.environ:
        return read_cache(artefact)
    reason = reason_to_stay(artefact, Path(temporary))
    if reason:
        say(f"reading tensors from {artefact.folder}: {reason}")
        return read_cache(artefact)
    try:
        with TemporaryDirectory(prefix="tensors-", dir=temporary) as folder:
            for name in artefact.names:
                shutil.copyfile(artefact.folder / name, Path(folder, name))
            cache = read_cache(Artefact(Path(folder), artefact.sidecar))
    except (OSError, StudyError) as error:
        say(f"reading tensors from {artefact.folder}: the copy failed ({error})")
        return read_cache(artefact)
    say(f"reading tensors from a copy in {temporary} ({size_of(artefact) / 1e6:.1f} MB)")
    return cache


def reason_to_stay(artefact: Artefact, temporary: Path) -> str | None:
    """Return why an artefact is not copied to a folder, or None."""
    if not temporary.is_dir():
        return f"TMPDIR={temporary} is not a folder"
    if temporary.stat().st_dev == artefact.folder.stat().st_dev:
        return f"TMPDIR={temporary} is on the same file system"
    size, free = size_of(artefact), shutil.disk_usage(temporary).free
    if size > SHARE * free:
        return f"{size / 1e6:.1f} MB are more than half of the {free / 1e6:.1f} MB free in TMPDIR={temporary}"
    return None


def size_of(artefact: Artefact) -> int:
    """Return the size of an artefact's files in bytes."""
    return sum(int(artefact.sidecar["files"][name]["bytes"]) for name in artefact.names)
