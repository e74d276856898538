"""What is left of a training that would run: all of its epochs, or those that an earlier one did not do."""

from pathlib import Path

from study.inspection.units import format_seconds
from study.recipe.run import RunSpec
from study.runs.checkpoints import epochs_of, list_checkpoints
from study.runs.extension import may_be_extended, runs_but_for_epochs, shorter_runs
from study.store.artefacts import work_folder
from study.store.jobs import Job


def epochs_done(store: Path, job: Job) -> int:
    """Return how many epochs need not be trained again, if conditions are unchanged; 0 for jobs that do not train."""
    if job.kind != "runs":
        return 0
    saved = _saved_epochs(store, job)
    return saved or max((run.epochs for run in shorter_runs(store, job) if run.state.is_file()), default=0)


def training_cost(store: Path, job: Job, seconds: float | None) -> str:
    """Return what a training costs, in a sentence; ``seconds`` is how long that may take, None if unknown."""
    epochs, done = job.spec["epochs"], epochs_done(store, job)
    time = "" if seconds is None else f", about {format_seconds(seconds)}"
    if not done:
        why = _why_from_the_start(store, job)
        every = "its only epoch" if epochs == 1 else f"all {epochs} epochs"
        return f"costs {every}{time}{f': {why}' if why else ''}"
    cost = f"costs {epochs - done} of {epochs} epochs{time}"
    if _saved_epochs(store, job):
        return f"{cost}: resumes from its checkpoint after epoch {done}"
    run = next(run for run in shorter_runs(store, job) if run.epochs == done and run.state.is_file())
    return f"{cost}: resumes from {run.ref.folder}, if device, threads and versions are unchanged"


def _saved_epochs(store: Path, job: Job) -> int:
    return max(map(epochs_of, list_checkpoints(work_folder(store, job.ref))), default=0)


def _why_from_the_start(store: Path, job: Job) -> str:
    """Return why a run that differs only in its number of epochs is of no use; empty if there is none."""
    alike = [artefact.spec["epochs"] for _, artefact in runs_but_for_epochs(store, job)]
    if not alike:
        return ""
    fewer = [epochs for epochs in alike if epochs < job.spec["epochs"]]
    if not fewer:
        return f"the finished run has {min(alike)} epochs, and only the state after a run's last epoch can be kept"
    if not may_be_extended(RunSpec.model_validate(job.spec)):
        return "a training resumes from one with fewer epochs only with a constant learning rate and no early stopping"
    return (
        f"the last state of the finished run of {max(fewer)} epochs was not kept (keep_models: all_with_state keeps "
        "those of later runs)"
    )
