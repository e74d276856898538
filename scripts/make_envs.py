"""Make an environment per framework with pip, with CUDA libraries if the machine has a GPU, and record them."""

import subprocess
import sys
from pathlib import Path

from study.errors import StudyError, program
from study.machine.gpus import find_cards
from study.machine.interpreters import RECORD, record_interpreters
from study.recipe.recipe import FRAMEWORKS, Framework

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS: dict[Framework, str] = {"pytorch": "pytorch.txt", "tensorflow": "tensorflow.txt"}
WITH_CUDA: dict[Framework, str] = {"pytorch": "pytorch.txt", "tensorflow": "tensorflow-cuda.txt"}
"""PyTorch's Linux package always includes its CUDA libraries; TensorFlow's has them as an extra."""


@program
def main() -> None:
    """Make both environments and record their interpreters."""
    cards = find_cards()
    requirements = WITH_CUDA if cards else REQUIREMENTS
    print(f"GPUs: {', '.join(card.name for card in cards) or 'none'}", flush=True)
    made: dict[str, str] = {name: make_environment(name, requirements[name]) for name in FRAMEWORKS}
    record_interpreters(ROOT, made)
    print(f"recorded in {RECORD}; make doctor tests them")


def make_environment(framework: Framework, requirements: str) -> str:
    """Create or update an environment; return its interpreter, relative to the folder of the Snakefile."""
    folder = f".venv-{framework}"
    python = f"{folder}/bin/python"
    print(f"{folder}: {requirements} and library.txt", flush=True)
    run(sys.executable, "-m", "venv", folder)
    files = ("--requirement", f"envs/{requirements}", "--requirement", "envs/library.txt")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *files)
    return python


def run(*command: str) -> None:
    """Run a command in the folder of the Snakefile; raise StudyError if it fails."""
    finished = subprocess.run(command, cwd=ROOT, check=False)
    if finished.returncode != 0:
        raise StudyError(f"'{' '.join(command)}' failed, with its message above; fix that and run make envs again")


if __name__ == "__main__":
    main()
