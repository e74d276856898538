"""A short history of published studies, so that a report can be compared with the one before it."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from study.errors import StudyError
from study.store.files import write_text

KEPT = 20
"""Number of published studies that are remembered."""
QUANTITIES = ("test_accuracy", "train_accuracy")
"""Numbers of an arm that are remembered."""

Snapshot = Mapping[str, Any]
"""What is remembered of a study, as plain JSON values."""


def snapshot(summary: str, audit: str, content: Mapping[str, Any], claims: Sequence[Mapping[str, Any]]) -> Snapshot:
    """Return a study's settings, numbers and verdicts, small enough to keep when its artefacts are removed.

    ``summary`` and ``audit`` are the lineages of the artefacts that contain ``content`` and ``claims``.
    """
    return {
        "summary": summary,
        "audit": audit,
        "arms": {
            arm["name"]: {
                "settings": {**arm["spec"], "data": _without_names(arm["data"])},
                "seeds": arm["seeds"],
                "numbers": {
                    name: {key: arm["statistics"][name][key] for key in ("n", "mean", "sd")} for name in QUANTITIES
                },
            }
            for arm in content["arms"]
        },
        "verdicts": {
            item["id"]: {"verdict": item["verdict"], "statement": item["claim"]["statement"]} for item in claims
        },
    }


def remember(folder: Path, now: Snapshot) -> Snapshot | None:
    """Add a study to the history in ``folder``; return the last one before it that differs, None if there is none.

    Adding the last study again changes nothing, so a step that was stopped can be repeated.
    Raises StudyError if an entry cannot be read.
    """
    paths = sorted(path for path in folder.glob("*.json") if re.fullmatch(r"[0-9]{6}", path.stem))
    entries = [_read(path) for path in paths]
    if not entries or entries[-1] != now:
        number = int(paths[-1].stem) + 1 if paths else 1
        write_text(folder / f"{number:06}.json", json.dumps(now, indent=2, ensure_ascii=False) + "\n")
        for path in paths[: max(0, len(paths) + 1 - KEPT)]:
            path.unlink()
    return next((entry for entry in reversed(entries) if entry != now), None)


def _without_names(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "class_names"}


def _read(path: Path) -> Snapshot:
    try:
        found: Snapshot = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise StudyError(f"{path}: is damaged; delete it and run the snakemake command again") from None
    return found
