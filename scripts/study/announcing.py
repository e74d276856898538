"""Lines that appear both in a rule's log and in Snakemake's own output."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import suppress


def add_announcing(parser: argparse.ArgumentParser) -> None:
    """Add the argument that gives access to Snakemake's output, which the rule redirects."""
    parser.add_argument(
        "--announce-to", type=int, metavar="N", help="open file descriptor for lines that do not go only to the log"
    )


def announcer(arguments: argparse.Namespace) -> Callable[[str], None]:
    """Return a function that prints a line to standard error and to the descriptor, if one was given."""

    def announce(line: str) -> None:
        print(line, file=sys.stderr, flush=True)
        if arguments.announce_to is not None:
            with suppress(OSError):  # the terminal may be closed
                os.write(arguments.announce_to, f"{line}\n".encode())

    return announce
