"""Which Python runs a framework's programs."""

import shutil
import sys
from pathlib import Path

import yaml

from study.config.study import Study
from study.errors import StudyError
from study.recipe.recipe import Framework
from study.store.files import write_text

RECORD = ".interpreters.yaml"
"""File next to the Snakefile in which ``make envs`` records its interpreters by framework; git does not track it."""


def interpreter(study: Study, framework: Framework, root: Path) -> str:
    """Return the configured Python, else the one that ``make envs`` made below ``root``, else this one.

    Raises StudyError if the path does not exist or is not a program.
    """
    configured: str | None = getattr(study.interpreters, framework)
    if configured is not None:
        if "/" in configured and not Path(configured).exists():
            raise StudyError(
                f"configuration: interpreters.{framework}: {configured} does not exist; give the path of a Python"
            )
        if shutil.which(configured) is None:
            raise StudyError(
                f"configuration: interpreters.{framework}: {configured} is not a program that can be started here; "
                "give the path of a Python"
            )
        return configured
    recorded = recorded_interpreters(root).get(framework)
    if recorded is None:
        return sys.executable
    path = root / recorded
    if not path.exists():
        raise StudyError(f"{root / RECORD}: {path} does not exist; run make envs again, or delete {RECORD}")
    return str(path)


def recorded_interpreters(root: Path) -> dict[str, str]:
    """Return what ``make envs`` recorded; raise StudyError if the file cannot be read."""
    path = root / RECORD
    if not path.exists():
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {str(framework): str(python) for framework, python in content.items()}
    except (OSError, yaml.YAMLError, AttributeError) as error:
        raise StudyError(f"{path}: cannot be read; run make envs again, or delete it") from error


def record_interpreters(root: Path, interpreters: dict[str, str]) -> None:
    """Record interpreters by framework; paths may be relative to ``root``."""
    header = "# Made by `make envs`; `interpreters` in the configuration takes precedence.\n"
    write_text(root / RECORD, header + yaml.safe_dump(interpreters))
