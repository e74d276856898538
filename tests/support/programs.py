"""Running the programs of ``scripts`` on a synthetic study."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from study.store.jobs import Job
from support.paths import ROOT
from support.study_results import SyntheticStudy
from support.warm import run_warm


def run_program(
    name: str, store: Path, job: Job, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program of ``scripts``; its job is in a file next to the store.

    With an environment of its own it is a new Python, or else a warm one.
    """
    described = store.parent / f"{store.name}-{name}.json"
    described.write_text(job.to_json(), encoding="utf-8")
    program = ROOT / "scripts" / f"{name}.py"
    command = [str(program), "--job", str(described), "--store", str(store), *arguments]
    if environment is None:
        return run_warm(command, os.environ)
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, encoding="utf-8", env=environment, check=False
    )


def summarise_study(study: SyntheticStudy) -> None:
    """Run the aggregate and the audit program on a synthetic study."""
    for name, job in (("aggregate", study.summary_job), ("audit", study.audit_job())):
        finished = run_program(name, study.store, job)
        assert finished.returncode == 0, finished.stderr
