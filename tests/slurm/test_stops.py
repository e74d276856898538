"""A job's end is not a training's end, and neither is the end of Snakemake."""

import re

from slurm.scenarios import LONG_ENOUGH
from slurm.studies import ClusterStudy

EPOCH = re.compile(rf"^epoch (\d+)/{LONG_ENOUGH} ", re.MULTILINE)
WENT_ON = re.compile(r"resumes after epoch (\d+)$", re.MULTILINE)


def test_lack_of_memory_a_requeue_a_time_limit_and_scancel_are_survived(stopped: ClusterStudy) -> None:
    trainings = [(job.state, job.restarts) for job in stopped.slurm_jobs("train_")]
    assert trainings == [("FAILED", 0), ("TIMEOUT", 1), ("CANCELLED", 0), ("COMPLETED", 0)]
    assert (stopped.results / "report" / "report.es.html").exists()
    assert stopped.planned() == set()


def test_each_attempt_asks_for_more_memory(stopped: ClusterStudy) -> None:
    assert [job.memory for job in stopped.slurm_jobs("train_")] == ["400M", "2400M", "4400M", "6400M"]


def test_each_attempt_asks_for_more_time(stopped: ClusterStudy) -> None:
    # The second one's limit was changed when it ran.
    assert [job.limit for job in stopped.slurm_jobs("train_")] == ["02:00:00", "00:01:00", "06:00:00", "08:00:00"]


def test_each_stop_costs_what_followed_the_last_saved_epoch(stopped: ClusterStudy) -> None:
    log = stopped.train_log("pytorch")
    saved = [int(epoch) for epoch in WENT_ON.findall(log)]
    assert len(saved) >= 3
    parts = [[int(epoch) for epoch in EPOCH.findall(part)] for part in WENT_ON.split(log)[::2]]
    assert [part[0] for part in parts] == [1, *(epoch + 1 for epoch in saved)]
    assert parts[-1][-1] == LONG_ENOUGH
    # Every epoch is saved: at most the one that was being saved is trained again.
    assert all(0 <= part[-1] - epoch <= 1 for part, epoch in zip(parts[:-1], saved, strict=True))


def test_after_a_kill_of_snakemake_a_second_one_takes_over_without_training_twice(orphaned: ClusterStudy) -> None:
    assert [job.state for job in orphaned.slurm_jobs("train_")] == ["COMPLETED", "COMPLETED"]
    assert [int(epoch) for epoch in EPOCH.findall(orphaned.train_log("pytorch"))] == list(range(1, LONG_ENOUGH + 1))
    assert orphaned.planned() == set()


def test_study_sbatch_runs_snakemake_as_a_job(orphaned: ClusterStudy) -> None:
    (main,) = orphaned.slurm_jobs("study")
    assert (main.state, main.requested) == ("COMPLETED", "")
    assert (orphaned.results / "report" / "report.es.html").exists()


def test_a_limit_that_is_for_one_machine_is_noticed(orphaned: ClusterStudy) -> None:
    assert "note: --resources gpu=1 is meant for one machine" in orphaned.output()


def test_nothing_is_written_to_the_home(stopped: ClusterStudy, orphaned: ClusterStudy) -> None:
    assert not [*stopped.home.iterdir(), *orphaned.home.iterdir()]
