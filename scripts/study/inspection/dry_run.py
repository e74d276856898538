"""What Snakemake would run, according to Snakemake itself."""

import re
import subprocess
import sys
from dataclasses import dataclass

from study.errors import StudyError
from study.inspection.study import InspectedStudy
from study.store.jobs import Job

ANNOUNCEMENT = re.compile(r"^Job \d+: (.+) \([^()]+-([0-9a-f]{16})\)$", re.MULTILINE)
"""A job in Snakemake's output: the message of every rule ends with the artefact in brackets."""


@dataclass(frozen=True)
class PlannedJob:
    """A job that would run."""

    job: Job
    words: str
    """What it does, as Snakemake announces it: ``train scratch_pytorch seed 0``."""


def planned_jobs(study: InspectedStudy) -> list[PlannedJob]:
    """Return the jobs of a dry run, in the plan's order.

    Raises StudyError if the dry run fails, or announces jobs of another plan.
    """
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1"]
    if study.configuration:
        command += ["--configfile", *map(str, study.configuration)]
    finished = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if finished.returncode != 0:
        lines = finished.stderr.strip().splitlines() or ["no message"]
        raise StudyError(f"snakemake --dry-run failed: {lines[-1]}")
    announced = {lineage: words for words, lineage in ANNOUNCEMENT.findall(finished.stdout)}
    planned = [PlannedJob(job, announced.pop(job.lineage)) for job in study.plan.jobs if job.lineage in announced]
    if announced:
        raise StudyError("the configuration or the code changed meanwhile; run the command again")
    return planned
