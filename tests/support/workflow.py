"""A copy of the workflow in a folder of its own, for tests that change something and look at what follows."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from support.paths import ROOT

PARTS = ("Snakefile", "rules", "scripts", "config", "report", "profiles", "envs")
"""All that a study needs."""
TINY_FILE = Path(__file__).with_name("tiny.yaml")
"""A study of three arms that takes a minute."""
TINY = "config/tiny.yaml"
"""Where a copy of the workflow has it."""
JOB_LINE = re.compile(r"^Job \d+: (.+) \(\S+\)$", re.MULTILINE)
"""How Snakemake announces a job; every message of the rules ends with the artefact in brackets."""


@dataclass(frozen=True)
class Workflow:
    """A copy of the workflow and its results, in a folder of its own."""

    root: Path
    config: str = TINY

    @property
    def results(self) -> Path:
        return self.root / self.settings()["results"]

    @property
    def store(self) -> Path:
        return self.results / "store"

    def artefacts(self, kind: str) -> list[Path]:
        return sorted((self.store / kind).iterdir())

    def call(self, *command: str, prefix: Sequence[str] = (), **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a Python program in the folder; ``prefix`` is a command that runs another."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("STUDY_")}
        return subprocess.run(
            [*prefix, sys.executable, *command],
            cwd=self.root,
            env={**inherited, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def snakemake(
        self, *arguments: str, prefix: Sequence[str] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        command = ("-m", "snakemake", "--cores", "4", "--resources", "gpu=4", "--configfile", self.config, *arguments)
        return self.call(*command, prefix=prefix, **environment)

    def planned(self, *arguments: str) -> set[str]:
        """The jobs of a dry run, as the workflow names them; without the rule ``all``."""
        finished = self.snakemake("--dry-run", *arguments)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        found = JOB_LINE.findall(finished.stdout)
        assert len(found) == len(set(found)), found
        nothing = "Nothing to be done" in finished.stdout
        assert nothing != bool(found), finished.stdout
        return set(found)

    def run(self) -> None:
        """Run the study; after that, a dry run must plan nothing."""
        finished = self.snakemake()
        assert finished.returncode == 0, finished.stdout + finished.stderr
        assert self.planned() == set()

    def settings(self) -> dict[str, Any]:
        content: dict[str, Any] = yaml.safe_load((self.root / self.config).read_text(encoding="utf-8"))
        return content

    def configure(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Let ``change`` alter the settings, and write them back."""
        settings = self.settings()
        change(settings)
        text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
        (self.root / self.config).write_text(text, encoding="utf-8")

    def append(self, file: str, text: str) -> None:
        """Add a text to the end of a file of the copy."""
        with open(self.root / file, "a", encoding="utf-8") as opened:
            opened.write(text)

    def change_code(self, file: str) -> None:
        """Add a statement to a module of the library."""
        self.append(f"scripts/study/{file}", "\nADDED = 1\n")

    def copy(self, folder: Path) -> "Workflow":
        """A copy of everything, as ``cp -r`` makes it: all files are new."""
        shutil.copytree(self.root, folder, symlinks=True, copy_function=shutil.copyfile)
        return Workflow(folder, self.config)


def new_workflow(folder: Path, config: Path) -> Workflow:
    """The workflow's files and a configuration, without results."""
    folder.mkdir(parents=True)
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / part, folder / part)
    if not (folder / "config" / config.name).exists():
        shutil.copyfile(config, folder / "config" / config.name)
    return Workflow(folder, f"config/{config.name}")


def jobs(programs: str, *served: str) -> set[str]:
    """``jobs("train predict", "a seed 0")`` names the training and the prediction of arm a with seed 0."""
    return {f"{program} {run}" for program in programs.split() for run in served}


WHOLE = "train predict evaluate"
"""All that is done for a run."""
REPORT = {"write the report in es as html", "publish results under readable names"}
FIGURES = {"draw the figures in es"} | REPORT
AUDIT = {"judge the claims"} | FIGURES
END = {"aggregate all runs"} | AUDIT
"""What follows any change of a result."""
