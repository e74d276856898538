"""How long jobs would take and how much they would write, judging by earlier ones like them."""

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from study.errors import StudyError
from study.inspection.logs import LOGS
from study.inspection.remaining import epochs_done
from study.inspection.study import InspectedStudy
from study.store.artefacts import Artefact, open_artefact
from study.store.jobs import Job, Ref

ON_GPU = ("features", "runs", "predictions")
"""Kinds whose jobs use the GPU, one after another."""


@dataclass(frozen=True)
class Estimate:
    """What a job is expected to take; None if nothing like it has run before."""

    seconds: float | None
    size: int | None
    """Bytes."""


class Estimates:
    """Estimates from the artefacts, records and benchmarks in a study's results folder."""

    def __init__(self, study: InspectedStudy) -> None:
        self.study = study
        self.artefacts: dict[str, list[Artefact]] = {}
        for ref in study.stored:
            try:
                self.artefacts.setdefault(ref.kind, []).append(open_artefact(study.store, ref))
            except StudyError:
                continue

    def of(self, job: Job) -> Estimate:
        """Return the medians over the most similar earlier jobs."""
        alike = self._alike(job)
        seconds = _median(self._seconds(job, artefact) for artefact in alike)
        size = job.spec.get("size") if job.kind == "downloads" else _median(map(_size, alike))
        return Estimate(seconds, None if size is None else round(size))

    def _alike(self, job: Job) -> list[Artefact]:
        """Return artefacts of the kind with the same name except for the seed; else of the framework; else all."""
        stored = self.artefacts.get(job.kind, [])
        tests: tuple[Callable[[str], bool], ...] = (
            lambda name: _without_seed(name) == _without_seed(job.name),
            lambda name: name.split("-")[0] == job.name.split("-")[0],
            lambda name: True,
        )
        for test in tests:
            if found := [artefact for artefact in stored if test(artefact.sidecar["name"])]:
                return found
        return []

    def _seconds(self, job: Job, artefact: Artefact) -> float | None:
        sidecar = artefact.sidecar
        benchmark = _benchmark(self.study.results, Ref(sidecar["kind"], sidecar["name"], sidecar["lineage"]))
        if job.kind != "runs":
            return benchmark
        record: dict[str, Any] = json.loads((artefact.folder / "run.json").read_text(encoding="utf-8"))
        # A benchmark covers only the last attempt, a record the epochs of all.
        seconds = max(record["seconds"], benchmark or 0.0)
        return float(seconds / record["epochs_trained"] * (job.spec["epochs"] - epochs_done(self.study.store, job)))


def _without_seed(name: str) -> str:
    return name.rpartition("-s")[0] or name


def _size(artefact: Artefact) -> float:
    return float(sum(entry["bytes"] for entry in artefact.sidecar["files"].values()))


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _benchmark(results: Path, ref: Ref) -> float | None:
    """Return the seconds that the rule took for an artefact, from Snakemake's benchmark file."""
    log = Path(LOGS[ref.kind].format(artefact=Path(ref.folder).name))
    try:
        with open(results / "benchmarks" / log.with_suffix(".tsv"), encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
    except FileNotFoundError:
        return None
    return float(rows[-1]["s"]) if rows else None
