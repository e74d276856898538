"""Run a program and kill it (signal 9) just before its n-th change to a file below a folder.

    python tests/support/kill_at.py N FOLDER PROGRAM ARGUMENTS...

Changes are files opened for writing, renamed, linked or removed. Killed before change n + 1 is killed after change n,
so all n together are all points between any two changes.
"""

import os
import runpy
import signal
import sys
from pathlib import Path

WRITING = os.O_WRONLY | os.O_RDWR


def main() -> None:
    number, folder, program = int(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]
    changes = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal changes
        if event == "open":
            path, _, flags = arguments
            if not isinstance(flags, int) or not flags & WRITING:
                return
        elif event in ("os.rename", "os.link", "os.remove"):
            path = arguments[0]
        else:
            return
        if isinstance(path, str | os.PathLike) and os.path.abspath(path).startswith(folder):
            changes += 1
            if changes == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    sys.argv = sys.argv[3:]
    sys.path.insert(0, str(Path(program).resolve().parent))
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
