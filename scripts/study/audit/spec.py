"""What an audit is asked to judge."""

from study.spec.base import SpecModel
from study.spec.claims import Claims, Cohort
from study.spec.study import Evaluation


class AuditSpec(SpecModel):
    """The settings of an audit's job."""

    evaluation: Evaluation
    claims: Claims
    cohort: Cohort
