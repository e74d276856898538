"""What the commands that ran on a results folder need: recorded when they start, whatever happens to their files."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from study.errors import StudyError
from study.plan.plan import Plan
from study.store.files import write_text
from study.store.lineage import digest

FOLDER = "commands"
"""Below the results folder; one file per command and plan."""
SERVING = ("features", "runs", "predictions", "metrics")
"""Kinds of artefacts that serve certain arms and seeds."""


@dataclass(frozen=True)
class Command:
    """A command that ran, with its plan at the time."""

    note: Path
    files: tuple[str, ...]
    """Configuration files in their order."""
    config: Mapping[str, Any]
    """What ``--config`` gave."""
    when: float
    """Seconds since 1970 when it last started with this plan."""
    artefacts: Mapping[str, str]
    """By folder below the store, the arms and seeds that an artefact serves; empty if it serves the whole study."""
    codes: tuple[str, ...]
    """Digests of the code that makes them."""

    def __str__(self) -> str:
        given = [*self.files, *(f"--config {key}={value}" for key, value in self.config.items())]
        return f"{' '.join(given)}, last run {time.strftime('%Y-%m-%d %H:%M', time.localtime(self.when))}"

    @property
    def identity(self) -> tuple[object, ...]:
        """What distinguishes one command from another; its plan is not part of it."""
        return (self.files, json.dumps(self.config, sort_keys=True))


def note_command(
    plan: Plan, files: Sequence[Path | str], config: Mapping[str, Any], here: Path, results: Path | None = None
) -> None:
    """Record in the results folder what a command that starts in the folder ``here`` needs.

    Files are recorded relative to ``here`` if the results are below it, so that both can be moved together; otherwise
    other folders may have the same results, and files of the same names. ``results`` is their actual place, if it
    differs from the study's.
    """
    results = results or Path(plan.study.results)
    moves = (here / results).resolve().is_relative_to(here.resolve())
    command = {
        "files": [_name(Path(file), here, moves) for file in files],
        "config": json.loads(json.dumps(config, default=str)),
    }
    artefacts = {job.ref.folder: plan.label(job) if job.kind in SERVING else "" for job in plan.jobs}
    codes = sorted({job.code for job in plan.jobs})
    content = {**command, "when": time.time(), "artefacts": artefacts, "codes": codes}
    name = digest([command, sorted(artefacts)])
    write_text(here / results / FOLDER / f"{name}.json", json.dumps(content, indent=1) + "\n")


def _name(file: Path, here: Path, moves: bool) -> str:
    path = (here / file).resolve()
    return str(path.relative_to(here.resolve()) if moves and path.is_relative_to(here.resolve()) else path)


def read_commands(results: Path) -> list[Command]:
    """Return everything recorded in a results folder; raise StudyError, naming the file, if a note cannot be read."""
    return [_read(path) for path in sorted((results / FOLDER).glob("*.json"))]


def _read(path: Path) -> Command:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Command(
            path,
            tuple(content["files"]),
            dict(content["config"]),
            float(content["when"]),
            {str(folder): str(words) for folder, words in content["artefacts"].items()},
            tuple(content["codes"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StudyError(
            f"{path}: cannot be read; nothing is removed, since what its command needs is unknown; "
            "delete it if that command will not run again"
        ) from None


def latest(commands: Sequence[Command]) -> list[Command]:
    """Return the note of the last start of every command; earlier ones, with other plans, are superseded."""
    last: dict[tuple[object, ...], Command] = {}
    for command in sorted(commands, key=lambda command: command.when):
        last[command.identity] = command
    return list(last.values())
