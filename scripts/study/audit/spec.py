"""The settings of an audit."""

from study.config.blocks import Evaluation
from study.config.claims import Claims, Cohort
from study.plan.experiment_specs import BridgeSpec, ControlSpec
from study.recipe.base import Lineage, Name, Seed, SpecModel


class AuditRun(SpecModel):
    """A run by its arm and seed, and the lineage of its predictions."""

    arm: Name
    seed: Seed
    predictions: Lineage


class AuditSpec(SpecModel):
    """The settings of an audit's job."""

    runs: tuple[AuditRun, ...]
    """All runs of the summary; their order has no meaning."""
    evaluation: Evaluation
    claims: Claims
    cohort: Cohort
    bridges: tuple[BridgeSpec, ...] = ()
    controls: tuple[ControlSpec, ...] = ()
