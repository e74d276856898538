"""The results of a study's runs, read and checked for consistency."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.errors import StudyError
from study.evaluation.metrics import Labels
from study.evaluation.summary_spec import SummaryArm, SummaryRun, SummarySpec
from study.evaluation.ties import Parts, check_ties, differing_settings
from study.recipe.run import RunSpec
from study.store.artefacts import Artefact, open_artefact
from study.store.jobs import Job


@dataclass(frozen=True)
class RunResult:
    """One training and its metrics."""

    arm: str
    seed: int
    lineage: str
    spec: RunSpec
    precision_asked: str
    """As configured; ``spec`` has what ``auto`` became."""
    record: dict[str, Any]
    """The run's own record, run.json."""
    history: pd.DataFrame
    """One row per epoch, in the order of epochs."""
    metrics: dict[str, Any]
    """Metrics per split."""
    predicted: npt.NDArray[np.int16]
    """The predicted class of each test image."""
    features: str | None = None
    """Lineage of the features that it was trained on; None if it was trained on images."""
    features_takers: int = 1
    """Number of runs of the study trained on the same features, including this one."""

    @property
    def test_accuracy(self) -> float:
        """As a fraction, with the parameters of its reported epoch."""
        return float(self.metrics["test"]["accuracy"])


@dataclass(frozen=True)
class ArmResult:
    """An arm with all its runs, ordered by seed."""

    arm: SummaryArm
    runs: tuple[RunResult, ...]
    manifest: dict[str, Any]
    """The manifest of the images that it was trained and tested on."""
    tensors: Artefact
    """Those images."""
    labels: dict[str, Labels]
    """Labels of those images, int64 [images], by ``train`` and ``test``."""
    filters: npt.NDArray[np.float32]
    """Filters of the first convolution in the run with the smallest seed: [filters, height, width, 3]."""

    @property
    def spec(self) -> RunSpec:
        """The settings of the run with the smallest seed; the others differ only in the seed."""
        return self.runs[0].spec

    @property
    def test_accuracies(self) -> list[float]:
        """One fraction per seed."""
        return [run.test_accuracy for run in self.runs]


def read_results(store: Path, job: Job, spec: SummarySpec) -> list[ArmResult]:
    """Read all inputs of a summary's job; raise StudyError if they do not belong together.

    The job's settings name for each arm and seed which inputs are its run, predictions and metrics, and for each arm
    which are its "tensors"; the order of the inputs means nothing. The arms of experiments come last.
    """
    results = [_read_arm(store, job, arm) for arm in (*spec.arms, *spec.experiments)]
    # Equal arms share their runs: each counts once.
    taken = {run.lineage: run.features for result in results for run in result.runs}
    takers = Counter(taken.values())
    return [
        replace(result, runs=tuple(replace(run, features_takers=takers[run.features]) for run in result.runs))
        for result in results
    ]


def _read_arm(store: Path, job: Job, arm: SummaryArm) -> ArmResult:
    tensors = open_artefact(store, job.input_of("tensors", arm.tensors))
    labels: dict[str, Labels] = {
        split: np.load(tensors.file(f"{split}_labels.npy"), allow_pickle=False) for split in ("train", "test")
    }
    ordered = sorted(arm.runs, key=lambda run: run.seed)
    runs = tuple(_read_run(store, job, arm.name, run, tensors, labels) for run in ordered)
    for run in runs:
        _check_same_settings(runs[0], run)
    first = open_artefact(store, job.input_of("predictions", ordered[0].predictions))
    filters = np.load(first.file("filters.npy"), allow_pickle=False)
    return ArmResult(arm, runs, _read_json(tensors.file("manifest.json")), tensors, labels, filters)


def _read_run(
    store: Path, job: Job, arm: str, names: SummaryRun, tensors: Artefact, labels: dict[str, Labels]
) -> RunResult:
    run = open_artefact(store, job.input_of("runs", names.run))
    predictions = open_artefact(store, job.input_of("predictions", names.predictions))
    metrics = open_artefact(store, job.input_of("metrics", names.metrics))
    parts = Parts(
        run,
        predictions,
        metrics,
        tensors,
        record=_read_json(run.file("run.json")),
        history=pd.read_csv(run.file("history.csv")).sort_values("epoch", ignore_index=True),
        scores=_read_json(metrics.file("metrics.json")),
        predicted=np.load(metrics.file("predicted.npy"), allow_pickle=False),
        images=pd.read_parquet(predictions.file("predictions.parquet"), columns=["split", "image", "label"]),
        labels=labels,
    )
    if parts.spec.seed != names.seed:
        raise StudyError(f"{run.folder}: has seed {parts.spec.seed}, but should be seed {names.seed} of arm {arm}")
    check_ties(f"arm {arm}, seed {names.seed}", store, parts)
    given = run.network_input
    return RunResult(
        arm=arm,
        seed=names.seed,
        lineage=run.lineage,
        spec=parts.spec,
        precision_asked=parts.asked.precision,
        record=dict(parts.record),
        history=parts.history,
        metrics=dict(parts.scores),
        predicted=parts.predicted,
        features=given.lineage if given.kind == "features" else None,
    )


def _check_same_settings(first: RunResult, run: RunResult) -> None:
    other = [name for name in differing_settings(first.spec, run.spec) if name != "seed"]
    if other:
        raise StudyError(
            f"arm {run.arm}: the runs with seeds {first.seed} and {run.seed} differ in {', '.join(other)}; "
            "runs of one arm may only differ in their seed"
        )


def _read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
