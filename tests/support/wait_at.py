"""Run a program that waits when it first writes a file of a given name, until a test lets it continue.

    python tests/wait_at.py GATE NAME PROGRAM ARGUMENTS...

Before it opens a file with NAME in its own name for writing, the program makes ``GATE.reached`` and waits for ``GATE``.
"""

import os
import runpy
import sys
import time
from pathlib import Path

WRITING = os.O_WRONLY | os.O_RDWR


def main() -> None:
    gate, name, program = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    reached = gate.with_suffix(".reached")

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event != "open" or reached.exists():
            return
        path, _, flags = arguments
        writes = isinstance(flags, int) and flags & WRITING
        if writes and isinstance(path, str | os.PathLike) and name in os.path.basename(os.fspath(path)):
            os.mkdir(reached)
            parent = os.getppid()
            while not gate.exists() and os.getppid() == parent:
                time.sleep(0.01)

    sys.addaudithook(watch)
    sys.argv = sys.argv[3:]
    sys.path.insert(0, str(Path(program).resolve().parent))
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
