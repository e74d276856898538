"""Fetch one file, or take a local copy of it, and keep it once its size and checksum are verified."""

import argparse
import signal
import sys
from pathlib import Path

from study.cli import read_call
from study.datasets.downloads import make_download
from study.errors import program


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", action="append", default=[], help="an address; may be repeated, tried in order")
    parser.add_argument("--file", type=Path, help="a copy on this machine, used instead of the network")


@program
def main() -> None:
    """Run the job that the arguments give."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that temporary files are removed
    call = read_call(__file__, __doc__, "downloads", _add_arguments)
    make_download(call.store, call.job, call.arguments.url, call.arguments.file)


if __name__ == "__main__":
    main()
