"""One training from its job to its artefact, in any framework."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from study.data.splits import Split
from study.errors import PermanentError, Stopped
from study.machine.devices import Device
from study.recipe.expectations import input_notes, sentence
from study.recipe.layer_table import LayerRow
from study.recipe.run import RunSpec
from study.runs.checkpoints import Checkpoint, UnusableCheckpoint, load, resume, save, write
from study.runs.extension import STATE, may_be_extended, shorter_runs
from study.runs.inputs import Inputs
from study.runs.once import Work
from study.runs.record import conditions, reported_epoch, run_record
from study.store.artefacts import new_artefact
from study.store.files import write_text
from study.store.jobs import Job
from study.store.parameters import are_finite, write_parameters
from study.training.history import write_history
from study.training.loop import Progress, Trainer, fit, start
from study.training.remedy import remedy


@dataclass(frozen=True)
class Saving:
    """When a training saves its state, and whether it keeps the last one."""

    seconds: float
    """Seconds since the last checkpoint after which the next epoch writes one."""
    parent: int | None
    """The process without which the training saves its state and ends; None: it goes on by itself."""
    last_state: bool = False
    """Whether to keep the state after the last epoch, to resume from if more epochs are wanted (see ``extension``)."""


def run_training(
    job: Job,
    inputs: Inputs,
    trainer: Trainer,
    layers: list[LayerRow],
    device: Device,
    threads: int,
    saving: Saving,
    work: Work,
) -> None:
    """Train, from the latest checkpoint if there is one, and write the run's artefact into the work folder."""
    spec, cache = inputs.spec, inputs.cache
    here = conditions(spec, device, threads)
    if spec.weights == "file" and not are_finite(trainer.parameters()):
        raise PermanentError(f"{inputs.weights}: has values that are not finite; use another file under weights")
    progress, resumed = _begin(work, job, spec, trainer, here)
    work.say(f"{job.name}: {len(cache.train.labels)} training images, {device.name}, {here['threads']} threads")
    if not progress.epochs:
        for note in input_notes(spec, inputs.origins):
            work.say(f"{job.name}: note: {sentence(note)}")
    with tqdm(unit=" images", leave=False, disable=not sys.stderr.isatty()) as bar:
        recorder = _Recorder(work, job, spec, trainer, here, resumed, saving, bar.clear, progress.epochs)
        try:
            images: dict[Split, int] = {"train": len(cache.train.labels), "test": len(cache.test.labels)}
            progress = fit(trainer, spec, images, progress, recorder.after_epoch, bar.update)
        except Stopped as stop:
            raise Stopped(f"{stop} in epoch {recorder.epochs + 1}; {recorder.kept()}", stop.code) from None
    if progress.diverged:
        work.say(f"{job.name}: {progress.diverged.reason}; the training ends there, and its best epoch is the result")
    parameters, reported = progress.best_parameters or trainer.parameters(), reported_epoch(progress)
    if not are_finite(parameters):
        raise PermanentError(
            f"the parameters after epoch {reported} are not finite, although the losses are; {remedy(spec)}"
        )
    features = {"seconds": cache.manifest["seconds"]} if cache.holds_features else None
    record = run_record(spec, progress, layers, here, resumed, features)
    if saving.last_state and may_be_extended(spec) and not progress.diverged:
        _keep_state(work, job, Checkpoint(progress, trainer.state(), here, resumed))
    with new_artefact(work.folder, job) as folder:
        write_parameters(folder / "model.npz", parameters)
        write_history(folder / "history.csv", progress.history)
        write_text(folder / "run.json", json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    result = "" if spec.result == "last" else f"; its result is epoch {reported}"
    work.say(f"{job.name}: complete after {progress.epochs} epochs{result}")


def _begin(
    work: Work, job: Job, spec: RunSpec, trainer: Trainer, here: Mapping[str, Any]
) -> tuple[Progress, tuple[Mapping[str, Any], ...]]:
    """Return the progress to resume from, and the earlier stops with what had changed each time."""
    (work.folder / STATE).unlink(missing_ok=True)  # from an earlier training with these settings
    checkpoint = resume(work.folder, job.lineage, trainer, work.say)
    if checkpoint is None:
        return _extend(work, job, trainer, here) or (start(spec), ())
    changed = checkpoint.changed(here)
    epochs = checkpoint.progress.epochs
    work.say(f"{job.name}: resumes after epoch {epochs}")
    if changed:
        work.say(f"{job.name}: under other conditions, so rounding may differ: {_in_words(changed)}")
    return checkpoint.progress, (*checkpoint.resumed, {"after_epoch": epochs, "changed": changed})


def _extend(
    work: Work, job: Job, trainer: Trainer, here: Mapping[str, Any]
) -> tuple[Progress, tuple[Mapping[str, Any], ...]] | None:
    """Return the progress of a shorter finished run; None unless resuming from it is the same to the bit."""
    for run in shorter_runs(work.store, job):
        why = "its last state was not kept"
        if run.state.is_file():
            try:
                checkpoint = load(run.state, run.ref.lineage)
                changed = checkpoint.changed(here)
                if not changed:
                    trainer.restore(checkpoint.state)
                    work.say(f"{job.name}: resumes after epoch {run.epochs} of the finished run {run.ref.folder}")
                    stop = {"after_epoch": run.epochs, "changed": {}, "of": run.ref.folder}
                    return checkpoint.progress, (*checkpoint.resumed, stop)
                why = f"it ran under other conditions: {_in_words(changed)}"
            except UnusableCheckpoint as error:
                why = f"{run.state.name}: {error}"
        work.say(f"{job.name}: does not resume from the finished run of {run.epochs} epochs, {run.ref.folder}: {why}")
    return None


def _in_words(changed: Mapping[str, list[Any]]) -> str:
    return ", ".join(f"{key} {old} then {new}" for key, (old, new) in changed.items())


def _keep_state(work: Work, job: Job, checkpoint: Checkpoint) -> None:
    work.lease.check()
    try:
        write(work.folder / STATE, job.lineage, checkpoint)
    except OSError as error:
        work.say(f"{job.name}: its last state could not be kept ({error.strerror}); its result is not affected")


class _Recorder:
    """Logs and saves the progress after each epoch."""

    def __init__(
        self,
        work: Work,
        job: Job,
        spec: RunSpec,
        trainer: Trainer,
        here: Mapping[str, Any],
        resumed: tuple[Mapping[str, Any], ...],
        saving: Saving,
        clear_bar: Callable[[], object],
        epochs: int,
    ) -> None:
        self.work, self.job, self.spec, self.trainer = work, job, spec, trainer
        self.here, self.resumed, self.saving, self.clear_bar = here, resumed, saving, clear_bar
        self.epochs = self.saved_epochs = epochs
        self.saved_at = time.monotonic()

    def after_epoch(self, progress: Progress) -> None:
        self.epochs = progress.epochs
        self.clear_bar()
        self.work.say(progress.history[-1].line(self.spec.epochs))
        is_last = progress.epochs == self.spec.epochs or progress.course.stopped
        orphaned = self.saving.parent is not None and os.getppid() != self.saving.parent
        if (orphaned or time.monotonic() - self.saved_at >= self.saving.seconds) and not is_last:
            self._save(progress)
        if orphaned and not is_last:
            raise Stopped(f"the process that started this training is gone; {self.kept()}", 1)

    def kept(self) -> str:
        """Say what a stop at this moment leaves to resume from."""
        if not self.saved_epochs:
            return "no epoch is saved, and the same command starts it afresh"
        return f"the state after epoch {self.saved_epochs} is saved, and the same command resumes from there"

    def _save(self, progress: Progress) -> None:
        self.work.lease.check()
        try:
            checkpoint = Checkpoint(progress, self.trainer.state(), self.here, self.resumed)
            save(self.work.folder, self.job.lineage, checkpoint)
        except OSError as error:
            self.work.say(f"epoch {progress.epochs} could not be saved ({error.strerror}); the training continues")
        else:
            self.saved_epochs, self.saved_at = progress.epochs, time.monotonic()
