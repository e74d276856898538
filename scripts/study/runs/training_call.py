"""Arguments of the training program."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from study.cli import read_call
from study.data.staging import Staging, add_staging
from study.machine.computing import add_device
from study.machine.device_choice import DeviceChoice
from study.machine.frameworks import add_framework
from study.recipe.recipe import Framework
from study.runs.training import Saving
from study.store.jobs import Job


@dataclass(frozen=True)
class TrainingCall:
    """The training program's arguments."""

    job: Job
    framework: Framework
    store: Path
    threads: int
    saving: Saving
    staging: Staging
    device: DeviceChoice


def read_training_call(program: str, description: str | None) -> TrainingCall:
    """Parse the training program's arguments."""
    call = read_call(program, description, "runs", _add_arguments)
    parent = os.getppid() if call.arguments.end_with_parent else None
    saving = Saving(call.arguments.checkpoint_seconds, parent, call.arguments.keep_state)
    return TrainingCall(
        call.job, call.framework, call.store, call.threads, saving, call.arguments.staging, call.arguments.device
    )


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_framework(parser)
    add_staging(parser)
    add_device(parser)
    parser.add_argument(
        "--checkpoint-seconds",
        type=float,
        default=60,
        help="after an epoch, save the state if this long has passed since the last time (default: 60)",
    )
    parser.add_argument(
        "--keep-state",
        action="store_true",
        help="keep the state after the last epoch, so that a training with more epochs can resume from it",
    )
    parser.add_argument(
        "--end-with-parent",
        action="store_true",
        help="save the state and end after an epoch if the process that started this one is gone",
    )
