"""What is complete in an incomplete study, and what is missing."""

from dataclasses import dataclass
from functools import cache

from study.audit.arms import Bools
from study.audit.spec import AuditSpec
from study.errors import StudyError
from study.evaluation.predictions import right_on_test
from study.evaluation.results import ArmResult, read_results
from study.evaluation.summary_spec import SummaryArm, SummarySpec
from study.inspection.logs import last_error
from study.inspection.study import InspectedStudy
from study.reporting.document import MissingRun
from study.store.artefacts import is_complete, open_artefact
from study.store.jobs import Job, Ref


@dataclass(frozen=True)
class PartialStudy:
    """The complete runs of a study, read like those of a complete one."""

    spec: SummarySpec
    results: list[ArmResult]
    audit: AuditSpec
    predictions: dict[tuple[str, int], Ref]
    """By arm and seed."""
    missing: list[MissingRun]


def read_partial(study: InspectedStudy) -> PartialStudy:
    """Read all runs that are complete; StudyError if nothing is missing, or if everything is."""
    partial = read_complete_runs(study)
    if not partial.missing:
        raise StudyError("no run is missing: run the snakemake command; make why says what is left to do")
    return partial


def read_complete_runs(study: InspectedStudy) -> PartialStudy:
    """Read all runs that are complete with the lineage that is planned now.

    Raises StudyError if no run of the study's own arms is.
    """
    plan = study.plan
    complete = cache(lambda ref: is_complete(study.store, ref))

    def cause(ref: Ref) -> Ref:
        """Return what has to be made first for an artefact that is missing."""
        return next((cause(needed) for needed in plan.by_folder[ref.folder].inputs if not complete(needed)), ref)

    job = plan.by_folder[plan.published.input("summary").folder]
    spec = SummarySpec.model_validate(job.spec)
    predictions: dict[tuple[str, int], Ref] = {}
    missing: list[MissingRun] = []
    arms: list[SummaryArm] = []
    for arm in (*spec.arms, *spec.experiments):
        there = []
        for names in arm.runs:
            run, scores, metrics = (
                job.input_of("runs", names.run),
                job.input_of("predictions", names.predictions),
                job.input_of("metrics", names.metrics),
            )
            if complete(run) and complete(scores) and complete(metrics):
                there.append(names)
                predictions[arm.name, names.seed] = scores
            else:
                first = cause(metrics) if complete(run) else cause(run)
                error = last_error(study.results, first)
                missing.append(MissingRun(arm.name, names.seed, arm.section, first.kind, error))
        if there:
            arms.append(arm.model_copy(update={"runs": tuple(there)}))
    own = tuple(arm for arm in arms if arm.name in {planned.name for planned in spec.arms})
    if not own:
        raise StudyError("no run is complete, so there is nothing to report; make why says what is missing")

    partial = spec.model_copy(update={"arms": own, "experiments": tuple(arm for arm in arms if arm not in own)})
    results = read_results(
        study.store, Job(job.kind, job.name, partial.model_dump(mode="json"), job.code, job.inputs), partial
    )
    planned = AuditSpec.model_validate(plan.by_folder[plan.published.input("audit").folder].spec)
    judged = tuple(run for run in planned.runs if (run.arm, run.seed) in predictions)
    return PartialStudy(partial, results, planned.model_copy(update={"runs": judged}), predictions, missing)


def right_of(study: InspectedStudy, partial: PartialStudy) -> dict[tuple[str, int], Bools]:
    """Return which test images each complete run classified correctly, bool [images], by arm and seed."""
    return {
        run: right_on_test(open_artefact(study.store, ref).file("predictions.parquet"))
        for run, ref in partial.predictions.items()
    }
