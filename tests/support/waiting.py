"""Waiting in tests: for something that happens, and never for a number of seconds."""

import subprocess
import time
from collections.abc import Callable

HANG = 1200.0
"""Seconds after which a wait counts as a hang: no machine is that busy."""


def wait_until(
    holds: Callable[[], object],
    what: str,
    process: "subprocess.Popen[str] | None" = None,
    told: Callable[[], str] = str,
) -> None:
    """Wait for an event; fails at once if the process that is to bring it about ends without.

    ``told`` gives what to show on failure.
    """
    end = time.monotonic() + HANG
    while not holds():
        ended = process is not None and process.poll() is not None
        # What it did last may have come between the two looks.
        assert not ended or holds(), f"the process ended without {what}:\n{told()}"
        assert time.monotonic() < end, f"{what} did not come:\n{told()}"
        time.sleep(0.01)
