"""The summary and the audit of a synthetic study, as a report reads them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from study.audit.files import Audit
from study.audit.results import audit
from study.audit.spec import AuditSpec
from study.evaluation.files import Summary, read_summary, write_summary
from study.evaluation.results import read_results
from study.evaluation.summary_spec import SummarySpec
from support.study_results import SyntheticStudy, make_study
from support.synthetic_arms import SyntheticArm


def summarised(study: SyntheticStudy) -> Summary:
    spec = SummarySpec.model_validate(study.summary_job.spec)
    folder = study.store / "written"
    folder.mkdir()
    write_summary(folder, spec, read_results(study.store, study.summary_job, spec), [])
    return read_summary(folder.joinpath)


def audited(study: SyntheticStudy, summary: Summary) -> Audit:
    spec = AuditSpec.model_validate(study.audit_job().spec)
    found = audit(spec, summary.content, summary.epochs, study.right())
    return replace(found, claims=json.loads(json.dumps(found.claims)))  # as they are read from a file


def summary_and_audit(store: Path, arms: Sequence[SyntheticArm], **images: int) -> tuple[Summary, Audit]:
    study = make_study(store, arms, **images)
    summary = summarised(study)
    return summary, audited(study, summary)
