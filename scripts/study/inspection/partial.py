"""What is complete of a study that is not, and what is missing of it."""

from dataclasses import dataclass
from functools import cache

from study.errors import StudyError
from study.evaluation.results import ArmResult, read_results
from study.evaluation.summary_spec import SummarySpec
from study.inspection.logs import last_error
from study.inspection.study import InspectedStudy
from study.jobs import Job, Ref
from study.reporting.document import MissingRun
from study.store.artefacts import is_complete


@dataclass(frozen=True)
class PartialStudy:
    """The complete runs of a study, read as those of a complete one are."""

    spec: SummarySpec
    results: list[ArmResult]
    predictions: list[Ref]
    """In the order of arms and seeds."""
    missing: list[MissingRun]


def read_partial(study: InspectedStudy) -> PartialStudy:
    """Read all runs that are complete with the lineage that is planned now.

    Raises StudyError if nothing is missing, or if everything is.
    """
    plan = study.plan
    complete = cache(lambda ref: is_complete(study.store, ref))

    def cause(ref: Ref) -> Ref:
        """What has to be made first for an artefact that is missing."""
        return next((cause(needed) for needed in plan.by_folder[ref.folder].inputs if not complete(needed)), ref)

    job = plan.by_folder[plan.published.input("summary").folder]
    spec = SummarySpec.model_validate(job.spec)
    wanted = [(arm, seed) for arm in spec.arms for seed in arm.seeds]
    there: list[tuple[str, int, Ref, Ref]] = []
    predictions: list[Ref] = []
    missing: list[MissingRun] = []
    for (arm, seed), run, metrics in zip(wanted, job.inputs_of("runs"), job.inputs_of("metrics"), strict=True):
        scores = plan.by_folder[metrics.folder].input("predictions")
        if complete(run) and complete(scores) and complete(metrics):
            there.append((arm.name, seed, run, metrics))
            predictions.append(scores)
        else:
            first = cause(metrics) if complete(run) else cause(run)
            missing.append(MissingRun(arm.name, seed, arm.section, first.kind, last_error(study.results, first)))
    if not missing:
        raise StudyError("no run is missing: give the snakemake command; make why says what is left to do")
    if not there:
        raise StudyError("no run is complete, so there is nothing to report; make why says what is missing")

    seeds = {arm.name: tuple(seed for name, seed, _, _ in there if name == arm.name) for arm in spec.arms}
    arms = tuple(arm.model_copy(update={"seeds": seeds[arm.name]}) for arm in spec.arms if seeds[arm.name])
    tensors = [ref for arm, ref in zip(spec.arms, job.inputs_of("tensors"), strict=True) if seeds[arm.name]]
    partial = spec.model_copy(update={"arms": arms})
    names = [name for name, *_ in there]
    firsts = [scores for number, scores in enumerate(predictions) if names.index(names[number]) == number]
    inputs = (*(run for _, _, run, _ in there), *(metrics for *_, metrics in there), *tensors, *firsts)
    results = read_results(
        study.store, Job(job.kind, job.name, partial.model_dump(mode="json"), job.code, inputs), partial
    )
    return PartialStudy(partial, results, predictions, missing)
