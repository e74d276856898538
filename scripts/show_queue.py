"""List the study's jobs in SLURM's queue, by arm and seed; nothing is run or changed."""

import os

from study.errors import program
from study.inspection.queue import queued_jobs
from study.inspection.study import read_arguments


@program
def main() -> None:
    """Print a line per job."""
    study, _ = read_arguments(__doc__)
    jobs = queued_jobs(study, os.getcwd())
    for job in jobs:
        print(f"{job.number:>8} {job.state:10} {job.time:>10}  {job.rule:26} {job.serves}  {job.where}")
    if not jobs:
        print("No job of this study is in the queue.")


if __name__ == "__main__":
    main()
