"""Errors that are a user's to mend: one sentence, no traceback."""

import sys
from collections.abc import Callable
from functools import wraps


class StudyError(Exception):
    """Says in one sentence what is wrong, where, and what to do."""


def program(main: Callable[[], None]) -> Callable[[], None]:
    """Make a command-line program of ``main``: a StudyError ends it with its sentence and exit code 1."""

    @wraps(main)
    def run() -> None:
        try:
            main()
        except StudyError as error:
            print(f"error: {error}", file=sys.stderr, flush=True)
            sys.exit(1)

    return run
