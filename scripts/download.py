"""Download one file, or take a local copy of it, and keep it once its size and checksum are verified."""

import argparse
import signal
from pathlib import Path
from types import FrameType

from study.announcing import add_announcing, announcer
from study.cli import Call, read_call
from study.data.downloads import make_download, part_of
from study.errors import Stopped, program


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", action="append", default=[], help="an address; may be repeated, tried in order")
    parser.add_argument("--file", type=Path, help="a copy on this machine, used instead of the network")
    add_announcing(parser)


@program
def main() -> None:
    """Run the job given in the arguments."""
    call = read_call(__file__, __doc__, "downloads", _add_arguments)
    stop_with_a_sentence(call)
    arguments = call.arguments
    make_download(call.store, call.job, arguments.url, arguments.file, say=announcer(arguments))


def stop_with_a_sentence(call: Call) -> None:
    """Make SIGINT and SIGTERM end the program at once, saying what is kept."""
    part = part_of(call.store, call.job)

    def stop(number: int, frame: FrameType | None) -> None:
        size = part.stat().st_size if part.exists() else 0
        kept = f"{size / 1e6:.1f} MB are kept; the next command continues from there" if size else "nothing was kept"
        raise Stopped(f"{signal.Signals(number).name} during the download of {part.name}; {kept}", 128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


if __name__ == "__main__":
    main()
