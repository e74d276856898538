"""Why a job would run, in words."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from study.errors import StudyError
from study.inspection.dry_run import PlannedJob
from study.inspection.estimates import Estimates
from study.inspection.logs import last_error
from study.inspection.predecessors import Predecessor, Predecessors, own_settings
from study.inspection.remaining import training_cost
from study.inspection.study import InspectedStudy
from study.plan.differences import differences
from study.plan.plan import changes_files, files_of
from study.store.artefacts import Artefact, open_artefact
from study.store.code import recorded_code
from study.store.jobs import Job, Ref
from study.store.lineage import code_files

SHOWN = 3
"""Number of inputs that are named; any more are only counted."""


def explain(study: InspectedStudy, planned: list[PlannedJob]) -> dict[Ref, list[str]]:
    """Reasons of every job of a dry run, at least one each, by what the job makes; of a training also what it costs."""
    words = {item.job.ref: item.words for item in planned}
    predecessors, estimates = Predecessors(study), Estimates(study)
    reasons = {item.job.ref: list(_reasons(study, item.job, words, predecessors)) for item in planned}
    for item in planned:
        if item.job.kind == "runs":
            reasons[item.job.ref].append(training_cost(study.store, item.job, estimates.of(item.job).seconds))
    return reasons


def _reasons(study: InspectedStudy, job: Job, words: Mapping[Ref, str], predecessors: Predecessors) -> Iterator[str]:
    try:
        artefact = open_artefact(study.store, job.ref)
    except StudyError:
        predecessor = predecessors.of(job)
        if predecessor is None:
            yield "never run"
        else:
            yield from list(_changes(study, job, predecessor, words)) or ["its arms or inputs are in another order"]
        error = last_error(study.results, job.ref)
        if error is not None:
            yield f"its last attempt failed: {error}"
        elif any((study.store / job.ref.folder).glob("*")):
            yield "incomplete: its last attempt did not finish"
    else:
        yield from _gaps(study, job, artefact, words)


def _gaps(study: InspectedStudy, job: Job, artefact: Artefact, words: Mapping[Ref, str]) -> Iterator[str]:
    """Yield why a job runs again although its artefact has a sidecar."""
    files = [artefact.folder / name for name in study.plan.targets(job)]
    if job == study.plan.published:
        files += published_files(study)
    missing = [f"file missing: {file}" for file in files if not file.exists()]
    readers = [
        words[other.ref]
        for other in study.plan.jobs
        if other.ref in words and job.ref in other.inputs and set(artefact.names) < set(artefact.sidecar["files"])
    ]
    dropped = [f"its model was not kept, but is needed: {_some(readers)}"] if readers else []
    again = _inputs([words[ref] for ref in job.inputs if ref in words])
    yield from [*missing, *dropped, *again] or [
        "incomplete: snakemake was stopped before it recorded that this was done"
    ]


def published_files(study: InspectedStudy) -> list[Path]:
    """Return the files of a study that are published as copies under readable names."""
    published = study.plan.published
    summary = study.plan.by_folder[published.input("summary").folder]
    return [
        *(study.results / "report" / name for name in (*published.spec["report"], *changes_files(published))),
        *(study.results / "summary" / name for name in files_of(summary)),
    ]


def _changes(study: InspectedStudy, job: Job, predecessor: Predecessor, words: Mapping[Ref, str]) -> Iterator[str]:
    """Yield how a job differs from the one whose result it replaces."""
    for sentence in differences(*own_settings(predecessor, job)):
        yield "a template or style in report/ changed" if sentence.startswith("template: ") else sentence
    if predecessor.sidecar["code"] != job.code:
        yield _code_change(study, predecessor.sidecar["code"], job.code)
    new = [ref for ref in job.inputs if ref.lineage not in predecessor.inputs]
    yield from _inputs([words.get(ref, f"{ref.folder}, which is there already") for ref in new])
    gone = len(predecessor.inputs.keys() - {ref.lineage for ref in job.inputs}) - len(new)
    if gone > 0:
        yield f"{gone} of its inputs no longer belong to it"


def _inputs(words: list[str]) -> list[str]:
    return [f"new input: {_some(words)}"] if words else []


def _some(words: list[str]) -> str:
    more = f", and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return f"{'; '.join(words[:SHOWN])}{more}"


def _code_change(study: InspectedStudy, old: str, new: str) -> str:
    program, choices = study.plan.programs[new]
    before, now = recorded_code(study.store, old), dict(code_files(program, **choices))
    if before is None:
        return "its code changed"
    names = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    return f"code changed: {', '.join(f'scripts/{name}' for name in names)}"
