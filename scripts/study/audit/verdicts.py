"""What the evidence says about each claim. Nothing here is random: equal evidence gives equal verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from study.audit.families import Family, family
from study.audit.fidelity import Bench
from study.audit.findings import Finding
from study.audit.relations import Trial, hold_trial, judge_equivalence, judge_relation
from study.audit.values import Figure, hold_difference, hold_value, judge_figure
from study.config.blocks import Evaluation
from study.config.claims import Claim, DifferenceClaim, EquivalenceClaim, ValueClaim

Cases = Mapping[str, Trial | Figure | Finding]
"""By the id of a claim: what can be judged, or why nothing can."""


@dataclass(frozen=True)
class Families:
    """The claims of each kind, adjusted for their number."""

    figures: Family
    """Values and differences, by what they test."""
    orders: Family
    """Relations and causes, by the pair of arms."""
    equivalences: Family
    """Equivalences, by the pair of arms; only those that no departure prevents."""


def hold_cases(claims: Sequence[Claim], bench: Bench, evaluation: Evaluation) -> Cases:
    """Put what each claim says next to what was measured."""
    return {claim.id: _hold(claim, bench, evaluation) for claim in claims}


def families(claims: Sequence[Claim], cases: Cases, evaluation: Evaluation) -> Families:
    """Return the p of everything that can be judged, adjusted kind by kind."""
    level = 1 - evaluation.confidence
    figures = [case for case in cases.values() if isinstance(case, Figure)]
    trials = [(claim, case) for claim in claims if isinstance(case := cases[claim.id], Trial)]
    orders = [trial for claim, trial in trials if not isinstance(claim, EquivalenceClaim)]
    equal = [trial for claim, trial in trials if isinstance(claim, EquivalenceClaim) and not trial.missing]
    return Families(
        figures=family({figure.test: figure.p for figure in figures}, level),
        orders=family({trial.pair: trial.p for trial in orders}, level),
        equivalences=family({trial.pair: trial.margin_p for trial in equal}, level),
    )


def judge(claims: Sequence[Claim], cases: Cases, evaluation: Evaluation) -> dict[str, Finding]:
    """Return the finding of each claim, by id and in the order of the claims."""
    adjusted = families(claims, cases, evaluation)
    return {claim.id: _judge(claim, cases[claim.id], adjusted, evaluation) for claim in claims}


def _hold(claim: Claim, bench: Bench, evaluation: Evaluation) -> Trial | Figure | Finding:
    if isinstance(claim, ValueClaim):
        return hold_value(claim, bench)
    if isinstance(claim, DifferenceClaim):
        return hold_difference(claim, bench)
    return hold_trial(claim, bench, evaluation)


def _judge(claim: Claim, case: Trial | Figure | Finding, adjusted: Families, evaluation: Evaluation) -> Finding:
    if isinstance(case, Finding):
        return case
    if isinstance(case, Figure):
        return judge_figure(case, adjusted.figures, evaluation)
    if isinstance(claim, EquivalenceClaim):
        return judge_equivalence(case, adjusted.equivalences, evaluation)
    return judge_relation(case, adjusted.orders, evaluation)
