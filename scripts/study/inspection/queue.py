"""Jobs of a study in SLURM's queue, by arm and seed; the queue itself knows them by lineage."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from study.errors import StudyError
from study.inspection.study import InspectedStudy
from study.plan.plan import Plan
from study.store.jobs import Job

COMMAND = ("squeue", "--me", "--noheader", "--format=%i|%T|%M|%R|%Z|%k")
"""Number, state, run time, node or why it waits, folder, comment."""
COMMENT = re.compile(r"rule_(?P<rule>\w+?)_wildcards_(?P<artefact>.+-[0-9a-f]{16})")
"""What Snakemake's SLURM plugin says about a job whose rule has only the wildcard ``artefact``."""
OF_ARMS = ("features", "runs", "predictions", "metrics")
"""Kinds that are made for certain arms and seeds; others are made for the whole study."""


@dataclass(frozen=True)
class QueuedJob:
    """A job of a study in the queue."""

    number: str
    state: str
    time: str
    where: str
    """Its node, or why it waits."""
    rule: str
    serves: str
    """Arms and seeds, or what it makes."""


def queued_jobs(study: InspectedStudy, folder: str) -> list[QueuedJob]:
    """Return this user's jobs submitted from a folder, in SLURM's order; raise StudyError if SLURM cannot be asked."""
    if shutil.which(COMMAND[0]) is None:
        raise StudyError("squeue is not installed here; run this on a machine with SLURM")
    asked = subprocess.run(COMMAND, capture_output=True, text=True, encoding="utf-8", check=False)
    if asked.returncode != 0:
        raise StudyError(f"squeue failed: {asked.stderr.strip()}")
    return list(read_queue(asked.stdout, study.plan, folder))


def read_queue(printed: str, plan: Plan, folder: str) -> Iterator[QueuedJob]:
    """Yield the study's jobs in the output of ``COMMAND``."""
    jobs = {job.lineage: job for job in plan.jobs}
    for line in printed.splitlines():
        number, state, time, where, submitted_from, comment = line.split("|", 5)
        found = COMMENT.fullmatch(comment)
        if found and submitted_from == folder:
            artefact = found["artefact"]
            job = jobs.get(artefact.rpartition("-")[2])
            serves = words(job, plan) if job else f"{artefact}, not part of the study as it is configured and coded now"
            yield QueuedJob(number, state, time, where, found["rule"], serves)


def words(job: Job, plan: Plan) -> str:
    """Return what a job serves."""
    return plan.label(job) if job.kind in OF_ARMS else job.name
