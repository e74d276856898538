"""Trainings that a test stopped."""

import signal
from pathlib import Path

from support.stopping import Training


def stopped_after(epochs: int, reference: Training, folder: Path) -> Training:
    """A training that was killed after some epochs, each of which it saved."""
    small = reference.elsewhere(folder)
    process = small.start()
    small.wait_for(f"epoch {epochs}/")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return small
