"""A job that SLURM starts after an edit does not train what was not planned."""

from slurm.scenarios import Edited

REFUSAL = "is not part of the study as it is configured and coded now"


def test_the_queue_is_shown_by_arm_and_seed(edited: Edited) -> None:
    shown = {tuple(line.split()[3:7]) for line in edited.queue.splitlines()}
    assert shown == {(f"train_{name}", f"scratch_{name}", "seed", "0") for name in ("pytorch", "tensorflow")}


def test_both_jobs_refuse(edited: Edited) -> None:
    trainings = edited.study.slurm_jobs("train_")
    assert [job.state for job in trainings] == ["FAILED", "FAILED"]
    assert all(f"runs/{job.artefact} {REFUSAL}" in edited.study.output() for job in trainings)
    assert not (edited.study.store / "runs").exists()


def test_the_next_command_plans_the_edited_trainings(edited: Edited) -> None:
    planned = {job.artefact for job in edited.study.slurm_jobs("train_")}
    assert planned <= edited.before
    assert not planned & edited.edited
    assert len(edited.edited) == len(edited.before)


def test_taking_the_edits_back_plans_what_was_planned(edited: Edited) -> None:
    assert edited.undone == edited.before
