"""The arguments that the rules' programs share."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from study.errors import StudyError
from study.recipe.recipe import Framework
from study.store.code import record_code
from study.store.jobs import Job, chosen


@dataclass(frozen=True)
class Call:
    """The arguments of a program."""

    job: Job
    store: Path
    threads: int
    arguments: argparse.Namespace
    """All arguments as parsed, including the program's own."""

    @property
    def framework(self) -> Framework:
        """The framework to compute with, in programs that take ``--framework``."""
        framework: Framework = self.arguments.framework
        return framework


def read_call(
    program: str,
    description: str | None,
    kind: str,
    add_arguments: Callable[[argparse.ArgumentParser], None] | None = None,
) -> Call:
    """Parse the arguments that all programs take, and refuse a job that is not for this program or this code.

    ``add_arguments`` may add the program's own arguments to the parser.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--job", required=True, metavar="FILE", help="the job as JSON; - reads standard input")
    parser.add_argument("--store", required=True, type=Path, help="folder of all artefacts, inputs and outputs")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads to use (default: 1)")
    if add_arguments is not None:
        add_arguments(parser)
    arguments = parser.parse_args()
    job = Job.from_json(_read(arguments.job))
    if job.kind != kind:
        raise StudyError(
            f"--job: is for {job.kind}, but {Path(program).name} makes {kind}; call the program of that stage"
        )
    framework = getattr(arguments, "framework", None)
    asked = job.spec.get("framework", framework)
    if asked != framework:
        raise StudyError(f"--framework {framework}: the job is for {asked}; pass --framework {asked}")
    job.check_code(Path(program), framework)
    record_code(arguments.store, Path(program), **chosen(job.spec, framework))
    return Call(job, arguments.store, arguments.threads, arguments)


def _read(name: str) -> str:
    if name == "-":
        return sys.stdin.buffer.read().decode("utf-8")  # whatever the locale
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise StudyError(f"--job {name}: cannot be read ({error.strerror})") from error
