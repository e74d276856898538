"""More epochs for a finished run: which run a longer training can resume from, and why it cannot.

If only the end of a training depends on its number of epochs, a longer one begins with exactly the epochs of a
shorter one. If the shorter one's last state was kept (``keep_models: all_with_state``), they need not be trained again.
Loads no framework and no NumPy, since the programs that inspect a study use it too.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from study.errors import StudyError
from study.recipe.run import RunSpec
from study.recipe.schedules.constant import ConstantRate
from study.runs.finished import FORCED
from study.store.artefacts import Artefact, open_artefact, work_folder
from study.store.jobs import Job, Ref

STATE = "finished.npz"
"""File in a finished run's work folder: a checkpoint after its last epoch. No unfinished training resumes from it."""


@dataclass(frozen=True)
class ShorterRun:
    """A finished run that differs from a training only in having fewer epochs."""

    ref: Ref
    epochs: int
    state: Path
    """Its last state, if it was kept."""


def may_be_extended(spec: RunSpec) -> bool:
    """Return whether only the end of a training depends on its number of epochs."""
    return isinstance(spec.schedule, ConstantRate) and spec.early_stop == "never"


def shorter_runs(store: Path, job: Job) -> list[ShorterRun]:
    """Return finished runs with the same code, inputs and settings but fewer epochs, the longest first, state or not.

    A forced training has none: it must do again what was done.
    """
    if (work_folder(store, job.ref) / FORCED).exists():
        return []
    found = [
        ShorterRun(ref, artefact.spec["epochs"], work_folder(store, ref) / STATE)
        for ref, artefact in runs_but_for_epochs(store, job)
        if artefact.spec["epochs"] < job.spec["epochs"]
        and may_be_extended(RunSpec.model_validate(artefact.spec))
        and _ended_as_planned(artefact)
    ]
    return sorted(found, key=lambda run: -run.epochs)


def runs_but_for_epochs(store: Path, job: Job) -> Iterator[tuple[Ref, Artefact]]:
    """Yield the runs in a store that differ from what a job trains only in their number of epochs."""
    inputs = sorted((ref.kind, ref.lineage) for ref in job.inputs)
    for folder in sorted(store.glob(f"runs/{job.name}-*")):
        ref = Ref("runs", *folder.name.rpartition("-")[::2])
        if ref.name != job.name:
            continue  # a copy that somebody made
        try:
            artefact = open_artefact(store, ref)
        except StudyError:
            continue
        same_inputs = sorted((given.kind, given.lineage) for given in artefact.inputs) == inputs
        same_spec = artefact.spec | {"epochs": None} == job.spec | {"epochs": None}
        if ref != job.ref and artefact.sidecar["code"] == job.code and same_inputs and same_spec:
            yield ref, artefact


def _ended_as_planned(artefact: Artefact) -> bool:
    try:
        record = json.loads(artefact.file("run.json").read_text(encoding="utf-8"))
        return bool(record["ended"] == "planned")
    except (StudyError, OSError, ValueError, KeyError):
        return False
