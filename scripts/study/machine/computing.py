"""What all programs that compute with a framework share: device, environment and the framework itself."""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

from study.machine.device_choice import DeviceChoice
from study.machine.environment import isolate_environment
from study.machine.frameworks import load
from study.machine.gpu_choice import Selection
from study.machine.gpu_lock import select
from study.recipe.recipe import Framework


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add the argument ``--device`` to a program's parser."""
    parser.add_argument(
        "--device",
        choices=get_args(DeviceChoice),
        default="auto",
        help="auto: a GPU if the machine has one, and an error if the framework does not see it (default: auto)",
    )


@contextmanager
def computing(
    framework: Framework,
    wanted: DeviceChoice,
    store: Path,
    say: Callable[[str], object] = print,
    shared: bool = False,
) -> Iterator[Selection]:
    """Hold the device and load a framework; modules that import it may be imported only inside the block.

    With ``shared``, the program does not wait for a GPU that another program holds.
    Raises StudyError if the framework is missing, or if it is not clear which device to use.
    """
    isolate_environment(os.environ, store.parent)
    with select(wanted, say, shared=shared) as selection:
        load(framework)
        yield selection
