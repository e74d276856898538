"""What the runs of a study left, read and checked for belonging together."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.errors import StudyError
from study.evaluation.predictions import SPLITS
from study.evaluation.summary_spec import SummaryArm, SummarySpec
from study.jobs import Job, Ref
from study.spec.training import RunSpec
from study.store.artefacts import Artefact, open_artefact


@dataclass(frozen=True)
class RunResult:
    """One training and its metrics."""

    arm: str
    seed: int
    lineage: str
    spec: RunSpec
    precision_asked: str
    """As configured; what ``auto`` came to stands in ``spec``."""
    record: dict[str, Any]
    """The run's own record, run.json."""
    history: pd.DataFrame
    """A row an epoch, in the order of epochs."""
    metrics: dict[str, Any]
    """Metrics per split."""
    predicted: npt.NDArray[np.int16]
    """The class that each test image is taken for."""

    @property
    def test_accuracy(self) -> float:
        """As a fraction, from the network as it is after its last epoch."""
        return float(self.metrics["test"]["accuracy"])


@dataclass(frozen=True)
class ArmResult:
    """An arm with all its runs, ordered by seed."""

    arm: SummaryArm
    runs: tuple[RunResult, ...]
    manifest: dict[str, Any]
    """Of the images that it was trained and tested on."""
    tensors: Artefact
    """Those images."""
    filters: npt.NDArray[np.float32]
    """Of the first convolution of its first run: [filters, height, width, 3]."""

    @property
    def spec(self) -> RunSpec:
        """The settings of its first run; the others differ from it in nothing but the seed."""
        return self.runs[0].spec

    @property
    def test_accuracies(self) -> list[float]:
        """One fraction per seed."""
        return [run.test_accuracy for run in self.runs]


def read_results(store: Path, job: Job, spec: SummarySpec) -> list[ArmResult]:
    """Read all inputs of a summary's job; StudyError where they don't belong together.

    The job's inputs are the "runs" of all arms and seeds, seeds within arms, the "metrics" in the same order, the
    "tensors" of each arm, and the "predictions" of each arm's first seed.
    """
    wanted = [(arm, seed) for arm in spec.arms for seed in arm.seeds]
    inputs = {kind: job.inputs_of(kind) for kind in ("runs", "metrics", "tensors", "predictions")}
    needed = dict(zip(inputs, (len(wanted), len(wanted), len(spec.arms), len(spec.arms)), strict=True))
    for kind, refs in inputs.items():
        if len(refs) != needed[kind]:
            raise StudyError(
                f"--job: {len(wanted)} runs of {len(spec.arms)} arms need {needed[kind]} {kind}; there are {len(refs)}"
            )
    results = [
        _read_run(store, arm.name, seed, run, scores)
        for (arm, seed), run, scores in zip(wanted, inputs["runs"], inputs["metrics"], strict=True)
    ]
    return [
        _arm(store, arm, results, images, predictions)
        for arm, images, predictions in zip(spec.arms, inputs["tensors"], inputs["predictions"], strict=True)
    ]


def _read_run(store: Path, arm: str, seed: int, run: Ref, metrics: Ref) -> RunResult:
    files = open_artefact(store, run)
    record = _read_json(files.file("run.json"))
    spec = RunSpec.model_validate(record["spec"])
    if spec.seed != seed:
        raise StudyError(f"{files.folder}: has seed {spec.seed}, but stands for seed {seed} of arm {arm}")
    history = pd.read_csv(files.file("history.csv")).sort_values("epoch", ignore_index=True)
    files_of_scores = open_artefact(store, metrics)
    predicted = np.load(files_of_scores.file("predicted.npy"), allow_pickle=False)
    scores, asked = _read_json(files_of_scores.file("metrics.json")), files.spec["precision"]
    return RunResult(arm, seed, run.lineage, spec, asked, record, history, scores, predicted)


def _arm(store: Path, arm: SummaryArm, results: Sequence[RunResult], images: Ref, predictions: Ref) -> ArmResult:
    tensors = open_artefact(store, images)
    manifest = _read_json(tensors.file("manifest.json"))
    filters = np.load(open_artefact(store, predictions).file("filters.npy"), allow_pickle=False)
    runs = sorted((run for run in results if run.arm == arm.name), key=lambda run: run.seed)
    for run in runs:
        _check_same_settings(runs[0], run)
        _check_images(run, manifest)
    return ArmResult(arm, tuple(runs), manifest, tensors, filters)


def _check_same_settings(first: RunResult, run: RunResult) -> None:
    other = differing_settings(first.spec, run.spec)
    if other:
        raise StudyError(
            f"arm {run.arm}: the runs with seeds {first.seed} and {run.seed} differ in {', '.join(other)}; "
            "runs of one arm may differ in their seed only"
        )


def differing_settings(one: RunSpec, other: RunSpec) -> list[str]:
    """The settings, other than the seed, in which two runs differ."""
    names = [name for name in RunSpec.model_fields if name != "seed"]
    return [name for name in names if getattr(one, name) != getattr(other, name)]


def _check_images(run: RunResult, manifest: dict[str, Any]) -> None:
    for split in SPLITS:
        scored, stored = run.metrics[split]["images"], manifest["splits"][split]["images"]
        if scored != stored:
            raise StudyError(
                f"arm {run.arm}, seed {run.seed}: {scored} {split} images were scored, but the data hold {stored}; "
                "predict again"
            )


def _read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
