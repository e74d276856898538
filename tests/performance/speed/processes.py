"""Measuring processes, from outside."""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from performance.speed.sides import Call, Timed

ROOT = Path(__file__).resolve().parents[3]
KEPT_MEMORY = {"GLIBC_TUNABLES": f"glibc.malloc.mmap_threshold={2**40}:glibc.malloc.trim_threshold={2**40}"}
"""Environment in which the C library keeps what a program frees, instead of giving it back to the operating system."""


@dataclass(frozen=True)
class Process:
    """A measuring process that runs."""

    call: Call
    questions: IO[str]
    answers: IO[str]
    log: IO[str]

    def do(self, task: str, amount: int) -> Timed:
        """Have a task done, and wait for it."""
        return Timed(**self._ask(f"{task} {amount}"))

    def facts(self) -> dict[str, Any]:
        """``performance.speed.worker.facts``."""
        return self._ask("facts")

    def _ask(self, line: str) -> dict[str, Any]:
        try:
            print(line, file=self.questions, flush=True)
            answer = self.answers.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self.log.seek(0)
            sys.exit(f"error: the process that measures {self.call} ended:\n{self.log.read()[-3000:]}")
        found: dict[str, Any] = json.loads(answer)
        return found


@contextmanager
def start(call: Call, environment: Mapping[str, str] = MappingProxyType({})) -> Iterator[Process]:
    """A process that measures until the block ends, with more in its environment."""
    path = os.pathsep.join(str(ROOT / part) for part in ("scripts", "tests"))
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as log,
        subprocess.Popen(
            [sys.executable, "-m", "performance.speed.worker", json.dumps(dataclasses.asdict(call), default=str)],
            env={**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "2", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Process(call, process.stdin, process.stdout, log)
        finally:
            process.kill()
