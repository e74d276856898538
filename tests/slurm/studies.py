"""Studies that run on the cluster of `make test-slurm`, and SLURM's own record of their jobs."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from support.paths import ROOT
from support.workflow import Workflow, new_workflow

TINY = ROOT / "tests" / "support" / "tiny.yaml"
ATTENTIVE = Path(__file__).with_name("attentive.py")
FORGOTTEN = ("XDG_CACHE_HOME", "MPLCONFIGDIR")
"""What make sets and a user may not have set."""
Change = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class SlurmJob:
    """What the controller knows of a job of the study."""

    number: int
    rule: str
    artefact: str
    """What it makes, ``name-lineage``."""
    state: str
    requested: str
    """Beside CPUs and memory: ``gres:gpu:1`` for ``--gpus=1``, ``gres:gpu:1/node`` for ``--gres=gpu:1``."""
    cpus: int
    """That it got."""
    memory: str
    """That it got, such as ``4000M``."""
    gpus: int
    """That it got."""
    limit: str
    restarts: int
    start: datetime
    end: datetime

    def __str__(self) -> str:
        """A line of a table."""
        what = f"{self.number:4d} {self.rule:27s} {self.artefact.rpartition('-')[0]:18s}"
        got = f"{self.cpus} CPU {self.memory:>6s} {self.gpus} GPU"
        times = f"{self.start:%H:%M:%S} to {self.end:%H:%M:%S}, limit {self.limit}"
        return f"{what} asked {self.requested or '-':15s} got {got}  {times}  {self.state}, {self.restarts} restarts"


def parse_job(line: str) -> SlurmJob:
    """A line of ``scontrol --details --oneliner show job``."""
    fields = dict(pair.split("=", 1) for pair in line.split() if "=" in pair)
    rule, _, artefact = fields.get("Comment", fields["JobName"]).removeprefix("rule_").partition("_wildcards_")
    return SlurmJob(
        number=int(fields["JobId"]),
        rule=rule,
        artefact=artefact,
        state=fields["JobState"],
        requested=fields.get("TresPerJob") or (f"{fields['TresPerNode']}/node" if "TresPerNode" in fields else ""),
        cpus=int(fields["NumCPUs"]),
        memory=fields["MinMemoryNode"],
        gpus=int(re.sub(r"\D", "", fields.get("JOB_GRES", "")) or 0),
        limit=fields["TimeLimit"],
        restarts=int(fields["Restarts"]),
        start=parse_time(fields["StartTime"]),
        end=parse_time(fields["EndTime"]),
    )


def parse_time(text: str) -> datetime:
    return datetime.max if text == "Unknown" else datetime.fromisoformat(text)


def scontrol(*arguments: str) -> str:
    return subprocess.run(["scontrol", *arguments], capture_output=True, text=True, check=True).stdout


@dataclass(frozen=True)
class ClusterStudy(Workflow):
    """A study in a folder of its own, whose jobs go through profiles/slurm."""

    @property
    def home(self) -> Path:
        return self.root.parent / "home"

    @contextmanager
    def running(self, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run Snakemake with its output in ``main.log``; what is left of it at the end of the block is killed."""
        command = ("snakemake", "--workflow-profile", "profiles/slurm", "--configfile", self.config, *arguments)
        with (self.root / "main.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=self.root,
                env={**self.environment(), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def environment(self) -> dict[str, str]:
        """A user's, with an empty home, in which ``snakemake`` is ATTENTIVE."""
        inherited = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
        return {**inherited, "HOME": str(self.home), "PATH": f"{self.root.parent}:{inherited['PATH']}"}

    def output(self) -> str:
        return (self.root / "main.log").read_text(encoding="utf-8")

    def queue(self) -> str:
        """What ``make queue`` prints."""
        finished = self.call("scripts/show_queue.py", "--configfile", self.config)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def planned_artefacts(self) -> set[str]:
        """What a dry run would make."""
        finished = self.snakemake("--dry-run")
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return set(re.findall(r"^Job \d+: .+ \((\S+)\)$", finished.stdout, re.MULTILINE))

    def slurm_jobs(self, rules: str = "") -> list[SlurmJob]:
        """The controller's record of this study's jobs, by number; of the rules whose names begin so."""
        lines = scontrol("--details", "--oneliner", "show", "job").splitlines()
        jobs = [parse_job(line) for line in lines if f" WorkDir={self.root} " in line]
        return sorted((job for job in jobs if job.rule.startswith(rules)), key=lambda job: job.number)

    def work(self, framework: str, name: str) -> list[Path]:
        """Files in the work folders of a framework's trainings."""
        return list(self.results.glob(f"work/runs/{framework}-*/{name}"))

    def rule_log(self, rule: str, framework: str) -> str:
        """The log of a rule's only job for a framework, if there is one yet."""
        for path in self.results.glob(f"logs/{rule}/{framework}-*.log"):
            with suppress(FileNotFoundError):  # it is removed before an attempt
                return path.read_text(encoding="utf-8")
        return ""

    def train_log(self, framework: str) -> str:
        """The lines of all attempts of a framework's only training."""
        (path,) = self.work(framework, "train.log")
        return path.read_text(encoding="utf-8")

    def trainer(self, framework: str) -> int:
        """The process that trains, or 0."""
        for path in self.work(framework, "lease.json"):
            with suppress(OSError, ValueError):  # it may vanish at any time
                return int(json.loads(path.read_text(encoding="utf-8"))["process"]["number"])
        return 0

    def signal_trainer(self, framework: str, number: int) -> None:
        """Send a signal to the process that trains."""
        process = self.trainer(framework)
        assert process, f"nobody trains in {framework}\n{self.output()}"
        os.kill(process, number)

    def trains(self, framework: str, after: int = 0) -> Callable[[], bool]:
        """A question: has a process other than ``after`` saved an epoch since it was first seen?"""
        seen: dict[int, str] = {}

        def trains() -> bool:
            process, newest = self.trainer(framework), self.newest_checkpoint(framework)
            return process not in (0, after) and newest > seen.setdefault(process, newest)

        return trains

    def newest_checkpoint(self, framework: str) -> str:
        """Its name, which counts epochs, or nothing."""
        return max((path.name for path in self.work(framework, "checkpoint-*.npz")), default="")

    def configure_profile(self, change: Change) -> None:
        """Let ``change`` alter the profile, and write it back."""
        path = self.root / "profiles" / "slurm" / "config.yaml"
        profile = yaml.safe_load(path.read_text(encoding="utf-8"))
        change(profile)
        path.write_text(yaml.safe_dump(profile), encoding="utf-8")


def new_study(folder: Path, config: Path, configure: Change, *profile: Change) -> ClusterStudy:
    """A study without results in ``folder/study``; its settings and the profile are changed as given."""
    workflow = new_workflow(folder / "study", config)
    write_program(folder / "snakemake", f'exec {shlex.quote(sys.executable)} {shlex.quote(str(ATTENTIVE))} "$@"\n')
    shutil.copyfile(ROOT / "study.sbatch", workflow.root / "study.sbatch")
    study = ClusterStudy(workflow.root, workflow.config)
    study.home.mkdir()
    study.configure(configure)
    for change in (without_accounting, *profile):
        study.configure_profile(change)
    return study


def write_program(path: Path, commands: str) -> None:
    """Write a shell script that can be called."""
    path.write_text(f"#!/bin/sh\n{commands}", encoding="utf-8")
    path.chmod(0o755)


def without_accounting(profile: dict[str, Any]) -> None:
    """What this cluster needs: it keeps no accounts."""
    profile |= {"slurm-status-command": "squeue"}
