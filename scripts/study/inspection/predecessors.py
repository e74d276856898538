"""What a job's result replaces: the most similar artefact of an earlier plan."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from study.errors import StudyError
from study.inspection.study import InspectedStudy
from study.plan.differences import differences
from study.store.artefacts import SIDECAR, open_artefact
from study.store.jobs import Job, Ref

IDENTITY = ("framework", "seed", "source", "part", "filename", "language", "format")
"""Settings that say which thing it is rather than how it is made: another value makes it another thing."""

UNRELATED_INPUT = 3
"""How many differences an input counts as if it does not even replace the other's input."""


@dataclass(frozen=True)
class Predecessor:
    """An artefact that is no longer part of the plan."""

    ref: Ref
    sidecar: dict[str, Any]
    written: float
    """When its sidecar was written, in seconds since 1970."""

    @property
    def inputs(self) -> dict[str, Ref]:
        """The inputs by lineage."""
        return {lineage: Ref(kind, name, lineage) for kind, name, lineage in self.sidecar["inputs"]}


def own_settings(predecessor: Predecessor, job: Job) -> tuple[Any, Any]:
    """Return both settings, without the lineages by which they name inputs, which are compared separately."""
    lineages = {*predecessor.inputs, *(ref.lineage for ref in job.inputs)}
    return _without(predecessor.sidecar["spec"], lineages), _without(job.spec, lineages)


def _without(value: Any, lineages: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {
            key: _without(item, lineages)
            for key, item in value.items()
            if not (isinstance(item, str) and item in lineages)
        }
    return [_without(item, lineages) for item in value] if isinstance(value, list) else value


class Predecessors:
    """Finds what the jobs of a plan replace."""

    def __init__(self, study: InspectedStudy) -> None:
        self.study = study
        self.found: dict[Ref, Predecessor | None] = {}

    def of(self, job: Job) -> Predecessor | None:
        """Return the artefact most like what the job makes, the newest of equals; None if there is none like it."""
        if job.ref not in self.found:
            candidates = list(self._candidates(job))
            self.found[job.ref] = min(
                candidates, key=lambda one: (self._distance(job, one), -one.written), default=None
            )
        return self.found[job.ref]

    @cached_property
    def outside(self) -> dict[str, list[Predecessor]]:
        """Complete artefacts that are not part of the plan, by kind."""
        outside: dict[str, list[Predecessor]] = {}
        for ref in self.study.stored:
            if ref.folder not in self.study.plan.by_folder:
                try:
                    artefact = open_artefact(self.study.store, ref)
                except StudyError:
                    continue
                written = (artefact.folder / SIDECAR).stat().st_mtime
                outside.setdefault(ref.kind, []).append(Predecessor(ref, artefact.sidecar, written))
        return outside

    def _candidates(self, job: Job) -> Iterable[Predecessor]:
        alike = [
            candidate
            for candidate in self.outside.get(job.kind, [])
            if all(candidate.sidecar["spec"].get(key) == job.spec.get(key) for key in IDENTITY)
        ]
        return [candidate for candidate in alike if candidate.ref.name == job.name] or alike

    def _distance(self, job: Job, candidate: Predecessor) -> int:
        inputs = candidate.inputs
        distance = sum(1 for _ in differences(*own_settings(candidate, job)))
        distance += int(candidate.sidecar["code"] != job.code)
        for ref in job.inputs:
            if ref.lineage not in inputs:
                earlier = self.of(self.study.plan.by_folder[ref.folder])
                distance += 1 if earlier is not None and earlier.ref.lineage in inputs else UNRELATED_INPUT
        return distance
