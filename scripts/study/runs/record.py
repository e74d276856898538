"""The record of a run: what was asked for, what was used, what came out."""

import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from study.machine.devices import Device, usable_threads
from study.machine.frameworks import PACKAGES, versions
from study.recipe.layer_table import LayerRow
from study.recipe.run import RunSpec
from study.recipe.steering import steering
from study.training.loop import Progress

Ending = Literal["planned", "early_stop", "diverged"]
"""Why a training ended: its epochs are done, nothing improved any more, or its numbers were no longer finite."""


def conditions(spec: RunSpec, device: Device, threads: int) -> dict[str, Any]:
    """Return what a run's rounding depends on besides its settings, as plain JSON values."""
    return {
        "framework_version": version(PACKAGES[spec.framework][0]),
        "versions": versions(spec.framework),
        "device": asdict(device),
        "threads": usable_threads(threads),
        "precision": spec.precision,
    }


def run_record(
    spec: RunSpec,
    progress: Progress,
    layers: Sequence[LayerRow],
    conditions: Mapping[str, Any],
    resumed: Sequence[Mapping[str, Any]],
    features: Mapping[str, float] | None,
) -> dict[str, Any]:
    """Return everything worth knowing about a finished run, as plain JSON values.

    ``resumed`` has an entry for each time that the run was stopped and resumed: after which epoch, what had changed
    since the epochs before, and as ``of`` the run they came from if it was a finished one with fewer epochs.
    ``features`` has the ``seconds`` of the pass through the frozen part whose features it was trained on; None if it
    was trained on images. Epochs and times exclude an epoch that diverged.
    """
    history = progress.history
    follows = steering(spec)
    return {
        "spec": spec.model_dump(mode="json"),
        "seed": spec.seed,
        "epochs_trained": len(history),
        "ended": ending(spec, progress),
        "diverged_in": progress.diverged.epoch if progress.diverged else None,
        "reported_epoch": reported_epoch(progress),
        "seconds": sum(epoch.seconds + (epoch.monitor_seconds or 0.0) for epoch in history),
        "features": dict(features) if features else None,
        **conditions,
        "resumed": list(resumed),
        "host": platform.node(),
        "git_commit": git_commit(Path(sys.argv[0]).resolve().parent),
        "parameters": {
            "total": sum(row.parameters for row in layers),
            "trainable": sum(row.parameters for row in layers if row.trainable),
        },
        "layers": [asdict(row) for row in layers],
        "steering": list(follows),
        "leak": spec.monitor == "test" and bool(follows),
    }


def ending(spec: RunSpec, progress: Progress) -> Ending:
    """Return why a finished training ended; one that had all its epochs did not stop early, whatever the last was."""
    if progress.diverged:
        return "diverged"
    return "planned" if progress.epochs == spec.epochs else "early_stop"


def reported_epoch(progress: Progress) -> int:
    """Return the epoch, from 1, whose parameters are the result of a finished training."""
    return progress.epochs if progress.best_parameters is None else progress.course.best_epoch


def git_commit(folder: Path) -> str | None:
    """Return the commit that is checked out, with ``-dirty`` if files differ from it; None outside a repository."""
    try:
        found = subprocess.run(
            ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()
