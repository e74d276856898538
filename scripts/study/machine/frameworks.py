"""The frameworks' Python packages."""

import argparse
import platform
from importlib import import_module
from importlib.metadata import version

from study.errors import StudyError
from study.recipe.recipe import Framework

PACKAGES: dict[Framework, tuple[str, str]] = {
    "pytorch": ("torch", "torchvision"),
    "tensorflow": ("tensorflow", "keras"),
}
"""The packages that a framework's programs import; the first is the framework itself."""


def add_framework(parser: argparse.ArgumentParser) -> None:
    """Add the argument ``--framework`` to a program's parser."""
    parser.add_argument("--framework", required=True, choices=tuple(PACKAGES), help="the framework to compute with")


def load(framework: Framework) -> None:
    """Import a framework; raise StudyError if it is not installed for this Python or cannot be imported."""
    for package in PACKAGES[framework]:
        try:
            import_module(package)
        except (ImportError, OSError) as error:
            if isinstance(error, ModuleNotFoundError) and error.name == package:
                fault = "is not installed for this Python"
            else:
                fault = f"cannot be imported by this Python ({' '.join(str(error).split())[:200]})"
            raise StudyError(
                f"{package} {fault}; install envs/{framework}.txt, as make envs does, "
                "or name another Python under interpreters"
            ) from error


def versions(framework: Framework) -> dict[str, str]:
    """Return the versions of Python and of the packages that a framework's programs compute with."""
    return {"python": platform.python_version(), **{name: version(name) for name in (*PACKAGES[framework], "numpy")}}
