"""Errors that a user can fix: one sentence, no traceback."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import NoReturn, TextIO

from study.machine.unicode import use_utf8


class StudyError(Exception):
    """Says in one sentence what is wrong, where, and what to do."""


class PermanentError(StudyError):
    """An error determined by the settings: another attempt would fail in the same way."""


class Stopped(Exception):
    """A program was told to stop; ``str`` says what was kept."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code
        """Exit code."""


def not_permitted(path: Path) -> StudyError:
    """Return the error for a file or folder that this user may not read or write, such as another user's."""
    existing = next(place for place in (path, *path.absolute().parents) if os.access(place, os.F_OK))
    try:
        owner = existing.owner()
    except (KeyError, OSError):
        owner = "somebody else"
    return StudyError(
        f"{path}: this user may not read or write it, because {existing} belongs to {owner}; "
        f"ask {owner} to give your group access (chmod -R g+rwX, and umask 002 from then on), "
        "or set another folder under results"
    )


def program(main: Callable[[], None]) -> Callable[[], None]:
    """Turn ``main`` into a command-line program: a StudyError ends it with its sentence and exit code 1.

    So does a file system error, such as a full disk or a missing folder; if nobody reads the output any more, as
    behind ``head``, it ends silently.
    """

    @wraps(main)
    def run() -> None:
        use_utf8()
        try:
            main()
            if sys.stdout is not None:
                sys.stdout.flush()  # or Python would notice only when nobody can catch it
        except KeyboardInterrupt:
            _end("stopped: SIGINT; the same command makes again what was not complete", 128 + signal.SIGINT)
        except StudyError as error:
            _end(f"error: {error}", 1)
        except PermissionError as error:
            _end(f"error: {not_permitted(Path(error.filename or '.'))}", 1)
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
        f"{where}{error.strerror or error}; everything complete so far is kept: "
        "check the disk and the folder's permissions, and run the same command again"
    )


def _end(sentence: str | None, code: int) -> NoReturn:
    # If the sentence cannot be written either, as on a full disk, the exit code is all there is.
    if sentence is not None:
        with suppress(OSError):
            print(sentence, file=sys.stderr, flush=True)
    for stream in (sys.stdout, sys.stderr):
        _give_up_unwritable(stream)
    sys.exit(code)


def _give_up_unwritable(stream: TextIO | None) -> None:
    """Discard what a stream could not write; Python would retry at exit, with a message and exit code of its own."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        with suppress(OSError), open(os.devnull, "w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())
