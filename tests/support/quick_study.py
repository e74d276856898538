"""A workflow on real Snakemake whose training a stand-in does, in a second, and can be made to wait."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from study.store.artefacts import open_artefact, work_folder
from study.store.jobs import Ref
from support.stopping import PROGRAM, STAND_IN, Gate
from support.workflow import TINY_FILE, Workflow, new_workflow

TRAINING = ("--until", "train_pytorch")
"""What follows the training takes frameworks."""


def shorten(config: dict[str, Any]) -> None:
    """One arm, whose training can be stopped in its second and last epoch."""
    config["study"]["arms"] = ["scratch_pytorch"]
    config["arms"]["scratch_pytorch"]["epochs"] = 2
    config["checkpoint_seconds"] = 0


@dataclass(frozen=True)
class Study:
    """A workflow whose only run is there."""

    workflow: Workflow

    @property
    def ref(self) -> Ref:
        """Its run."""
        (folder,) = self.workflow.results.glob("work/runs/*-s0-*")
        return Ref("runs", *folder.name.rpartition("-")[::2])

    @property
    def folder(self) -> Path:
        return self.workflow.store / self.ref.folder

    @property
    def work(self) -> Path:
        return work_folder(self.workflow.store, self.ref)

    @property
    def trained(self) -> int:
        """How often its first epoch was trained."""
        log = self.work / "train.log"
        return log.read_text(encoding="utf-8").count("epoch 1/") if log.exists() else 0

    def snakemake(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        return self.workflow.snakemake(*TRAINING, *arguments, **variables)

    def model(self) -> bytes:
        return open_artefact(self.workflow.store, self.ref).file("model.npz").read_bytes()

    def start(self, gate: Gate, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command whose training waits at the gate."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("STUDY_")}
        command = ["-m", "snakemake", "--cores", "1", "--configfile", self.workflow.config, *TRAINING, *arguments]
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=self.workflow.root,
            env=inherited | gate.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def trainer(self) -> int:
        """The process that trains."""
        return int(json.loads((self.work / "lease.json").read_text(encoding="utf-8"))["process"]["number"])


def quick_study(folder: Path) -> Study:
    """A study that was run to the end of its training."""
    workflow = new_workflow(folder, TINY_FILE)
    shutil.copyfile(STAND_IN, folder / "scripts" / PROGRAM.name)
    workflow.configure(shorten)
    study = Study(workflow)
    finished = study.snakemake()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "restored" not in finished.stderr
    assert study.trained == 1
    return study


def share_results(study: Study, folder: Path) -> Study:
    """The same workflow in another folder, with the same results."""
    away = shutil.ignore_patterns("results", ".snakemake", "gate*")
    shutil.copytree(study.workflow.root, folder, ignore=away)
    (folder / "results").symlink_to(study.workflow.root / "results")
    return Study(Workflow(folder, study.workflow.config))
