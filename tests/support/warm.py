"""Programs run by a Python that has imported already what they import, so that starting one is a fork.

Imports are most of the time of a short program. What it does after them is the same as in a process of its own, and so
are its exit code and what it prints; a test of the start itself, such as of the locale, starts a new Python instead.
"""

import ast
import atexit
import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from study.store.lineage import code_digest
from support.choices import CHOSEN
from support.paths import MODULES, ROOT


def run_warm(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a program with arguments to its end, in an environment that it has from its first line on."""
    return _server().run(command, environment)


class _Server:
    """The process that imports and forks; it ends with the one that started it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": MODULES},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        atexit.register(self.process.communicate)

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        requests, answers = self.process.stdin, self.process.stdout
        assert requests is not None
        assert answers is not None
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as error:
            files = [f"/proc/{os.getpid()}/fd/{file.fileno()}" for file in (output, error)]
            request = {"command": list(command), "environment": dict(environment), "files": files}
            print(json.dumps(request), file=requests, flush=True)
            code = answers.readline()
            assert code, "the process that forks has ended"
            said = [_content(file) for file in (output, error)]
        return subprocess.CompletedProcess(list(command), int(code), *said)


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8")


@cache
def _server() -> _Server:
    return _Server()


def serve() -> None:
    """Read requests, one a line; answer each with an exit code. Returns in the fork, with its program's end."""
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        request = json.loads(line)
        for argument in request["command"]:
            if argument.endswith(".py"):
                _prepare(argument)
        fork = os.fork()
        if fork == 0:
            answers.close()
            become(request)
            return
        _, status = os.waitpid(fork, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


@cache
def _prepare(program: str) -> None:
    """Import what a program imports, and read the code that most of its jobs are made of."""
    for node in ast.parse(Path(program).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            importlib.import_module(node.module)
    code_digest(Path(program), **CHOSEN)


def become(request: Mapping[str, Any]) -> None:
    """Be the program from here on, with its arguments, environment and output."""
    for number, path in ((0, os.devnull), *enumerate(request["files"], start=1)):
        opened = os.open(path, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = request["command"]
    sys.path[0] = str(Path(sys.argv[0]).parent)
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    serve()
