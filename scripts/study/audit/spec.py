"""What an audit is asked to judge."""

from study.spec.base import Lineage, Name, NonNegativeCount, SpecModel
from study.spec.claims import Claims, Cohort
from study.spec.study import Evaluation


class AuditRun(SpecModel):
    """A run by its arm and seed, and the lineage of its predictions."""

    arm: Name
    seed: NonNegativeCount
    predictions: Lineage


class AuditSpec(SpecModel):
    """The settings of an audit's job."""

    runs: tuple[AuditRun, ...]
    """All runs of the summary; their order means nothing."""
    evaluation: Evaluation
    claims: Claims
    cohort: Cohort
