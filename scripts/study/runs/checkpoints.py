"""Checkpoints: the whole state of a training between two epochs, as plain arrays in one file.

The two latest are kept, so that a damaged one costs a few epochs and not the run.
"""

import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from study.store.files import atomic
from study.store.parameters import Arrays
from study.training.course import Course
from study.training.history import Epoch
from study.training.loop import Progress, Trainer
from study.training.rate_state import RateState

FORMAT = 3
"""Raised whenever the meaning of a checkpoint's content changes; checkpoints of other formats are not read."""

KEPT = 2
_NAME = re.compile(r"checkpoint-(\d{6})\.npz")
_ABOUT = "about"
_STATE = "state/"
_BEST = "best/"


class UnusableCheckpoint(Exception):
    """Says why a checkpoint cannot be used."""


@dataclass(frozen=True)
class Checkpoint:
    """The content of a checkpoint."""

    progress: Progress
    state: Arrays
    """The trainer's state."""
    conditions: Mapping[str, Any]
    """What rounding depends on: threads, device, precision, versions."""
    resumed: tuple[Mapping[str, Any], ...] = ()
    """The earlier stops, as in the run's record."""

    def changed(self, here: Mapping[str, Any]) -> dict[str, list[Any]]:
        """Return what differs now: by condition, the value then and the value here."""
        return {key: [value, here.get(key)] for key, value in self.conditions.items() if value != here.get(key)}


def save(folder: Path, lineage: str, checkpoint: Checkpoint) -> None:
    """Write a checkpoint and remove all but the two latest; an OSError leaves the earlier ones intact."""
    write(folder / f"checkpoint-{checkpoint.progress.epochs:06d}.npz", lineage, checkpoint)
    for path in list_checkpoints(folder)[KEPT:]:
        path.unlink()


def write(path: Path, lineage: str, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; an OSError leaves what was there."""
    progress = checkpoint.progress
    arrays = {f"{_STATE}{name}": array for name, array in checkpoint.state.items()}
    arrays |= {f"{_BEST}{name}": array for name, array in (progress.best_parameters or {}).items()}
    about = {
        "format": FORMAT,
        "lineage": lineage,
        "course": asdict(progress.course),
        "history": [asdict(epoch) for epoch in progress.history],
        "conditions": dict(checkpoint.conditions),
        "resumed": [dict(stop) for stop in checkpoint.resumed],
        "arrays": sorted(arrays),
        "has_best": progress.best_parameters is not None,
    }
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **{_ABOUT: np.array(json.dumps(about))}, **arrays)


def list_checkpoints(folder: Path) -> list[Path]:
    """Return the checkpoints in a folder, the latest first."""
    return sorted((path for path in folder.glob("*") if _NAME.fullmatch(path.name)), reverse=True)


def epochs_of(checkpoint: Path) -> int:
    """Return after which epoch a checkpoint was written, by its name."""
    match = _NAME.fullmatch(checkpoint.name)
    return int(match[1]) if match else 0


def resume(folder: Path, lineage: str, trainer: Trainer, say: Callable[[str], None]) -> Checkpoint | None:
    """Restore a trainer from its latest usable checkpoint, and say why later ones cannot be used.

    Returns None, with the trainer unchanged, if there is none: the training starts afresh.
    """
    for path in list_checkpoints(folder):
        try:
            checkpoint = load(path, lineage)
            trainer.restore(checkpoint.state)
            return checkpoint
        except UnusableCheckpoint as error:
            say(f"{path.name} is skipped: {error}")
    return None


def load(path: Path, lineage: str) -> Checkpoint:
    """Read a checkpoint of a run; raise UnusableCheckpoint unless it is complete and undamaged."""
    try:
        # Reading every array checks every checksum of the file.
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file[_ABOUT]))
            arrays = {name: file[name] for name in file.files if name != _ABOUT}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise UnusableCheckpoint(f"it is damaged or truncated ({type(error).__name__})") from error
    if about.get("format") != FORMAT:
        raise UnusableCheckpoint(f"it has format {about.get('format')}, but this program writes format {FORMAT}")
    if about["lineage"] != lineage:
        raise UnusableCheckpoint(f"it belongs to another run (lineage {about['lineage']}, not {lineage})")
    if missing := set(about["arrays"]) - set(arrays):
        raise UnusableCheckpoint(f"it lacks {len(missing)} arrays, such as '{min(missing)}'")
    best = {name.removeprefix(_BEST): array for name, array in arrays.items() if name.startswith(_BEST)}
    return Checkpoint(
        Progress(
            course=Course(**{**about["course"], "schedule": RateState(**about["course"]["schedule"])}),
            history=tuple(Epoch(**epoch) for epoch in about["history"]),
            best_parameters=best if about["has_best"] else None,
        ),
        state={name.removeprefix(_STATE): array for name, array in arrays.items() if name.startswith(_STATE)},
        conditions=about["conditions"],
        resumed=tuple(about["resumed"]),
    )


def check_state(expected: Arrays, found: Arrays) -> None:
    """Raise UnusableCheckpoint unless a state has exactly the trainer's variables, shapes and types."""
    if expected.keys() != found.keys():
        name = min(expected.keys() ^ found.keys())
        raise UnusableCheckpoint(f"it {'lacks' if name in expected else 'has the unknown'} variable '{name}'")
    for name, array in expected.items():
        if (array.shape, array.dtype) != (found[name].shape, found[name].dtype):
            raise UnusableCheckpoint(
                f"its variable '{name}' is {found[name].dtype}{list(found[name].shape)}, "
                f"not {array.dtype}{list(array.shape)}"
            )


def remove_all(folder: Path) -> None:
    """Remove the checkpoints of a complete run."""
    for path in list_checkpoints(folder):
        path.unlink()
