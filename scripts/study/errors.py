"""Errors that are a user's to mend: one sentence, no traceback."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import NoReturn, TextIO


class StudyError(Exception):
    """Says in one sentence what is wrong, where, and what to do."""


class PermanentError(StudyError):
    """An error that the settings themselves decide: trying again gives it again."""


class Stopped(Exception):
    """A program was told to stop; ``str`` says what was kept."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code
        """Exit code."""


def program(main: Callable[[], None]) -> Callable[[], None]:
    """Make a command-line program of ``main``: a StudyError ends it with its sentence and exit code 1.

    So does an error of the file system, such as a full disk or a folder that went away; where nobody reads the output
    any more, as behind ``head``, there is nothing to say.
    """

    @wraps(main)
    def run() -> None:
        try:
            main()
            if sys.stdout is not None:
                sys.stdout.flush()  # or Python would find out when nobody can catch it
        except StudyError as error:
            _end(f"error: {error}", 1)
        except Stopped as stop:
            _end(f"stopped: {stop}", stop.code)
        except BrokenPipeError:
            _end(None, 1)
        except OSError as error:
            _end(f"error: {_sentence(error)}", 1)

    return run


def _sentence(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return (
        f"{where}{error.strerror or error}; what was complete before is kept: see to the disk and the folder's rights, "
        "and give the same command again"
    )


def _end(sentence: str | None, code: int) -> NoReturn:
    # Where the sentence cannot be written either, as on a full disk, the exit code is all there is.
    if sentence is not None:
        with suppress(OSError):
            print(sentence, file=sys.stderr, flush=True)
    for stream in (sys.stdout, sys.stderr):
        _give_up_unwritable(stream)
    sys.exit(code)


def _give_up_unwritable(stream: TextIO | None) -> None:
    """Drop what a stream could not write, which Python would try again at exit, with words and a code of its own."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        with suppress(OSError), open(os.devnull, "w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())
