"""The record of a run: what was asked for, what was used, what came out."""

import math
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from study.devices import Device, usable_threads
from study.frameworks import PACKAGES, versions
from study.networks.table import LayerRow
from study.spec.training import ReduceOnPlateau, RunSpec
from study.training.loop import Progress

CHANCE_MARGIN = 0.05
"""A run whose loss ends within this of ln(classes), the loss of guessing, has learned nothing."""


def conditions(spec: RunSpec, device: Device, threads: int) -> dict[str, Any]:
    """What a run's rounding depends on beside its specification, as plain JSON values."""
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
) -> dict[str, Any]:
    """Everything worth knowing of a finished run, as plain JSON values.

    ``resumed`` has an entry if the run was stopped and went on: after which epoch, and what had changed.
    """
    history = progress.history
    return {
        "spec": spec.model_dump(mode="json"),
        "seed": spec.seed,
        "epochs_trained": len(history),
        "reported_epoch": progress.course.best_epoch if spec.result == "best" else len(history),
        "seconds": sum(epoch.seconds + (epoch.monitor_seconds or 0.0) for epoch in history),
        **conditions,
        "resumed": list(resumed),
        "host": platform.node(),
        "git_commit": git_commit(Path(sys.argv[0]).resolve().parent),
        "parameters": {
            "total": sum(row.parameters for row in layers),
            "trainable": sum(row.parameters for row in layers if row.trainable),
        },
        "layers": [asdict(row) for row in layers],
        "collapsed": collapsed(history[-1].train_loss, spec.classes),
        "leak": spec.monitor == "test" and _follows_monitor(spec),
    }


def _follows_monitor(spec: RunSpec) -> bool:
    """Whether the monitored split steers the training or chooses its result."""
    return isinstance(spec.schedule, ReduceOnPlateau) or spec.early_stop != "never" or spec.result == "best"


def collapsed(train_loss: float, classes: int) -> bool:
    """Whether a training ended no better than guessing."""
    return train_loss > math.log(classes) - CHANCE_MARGIN


def git_commit(folder: Path) -> str | None:
    """The commit that is checked out, with ``-dirty`` if files differ from it; None outside a repository."""
    try:
        found = subprocess.run(
            ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()
