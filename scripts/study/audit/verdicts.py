"""What the evidence says of each claim. Nothing here is random: equal evidence gives equal verdicts."""

from collections.abc import Mapping, Sequence

from study.audit.comparisons import Pair, holm
from study.audit.fidelity import Bench
from study.audit.findings import Finding
from study.audit.relations import Trial, hold_trial, judge_equivalence, judge_relation
from study.audit.values import judge_difference, judge_value
from study.spec.claims import CauseClaim, Claim, DifferenceClaim, EquivalenceClaim, RelationClaim, ValueClaim
from study.spec.study import Evaluation

Trials = Mapping[str, Trial | Finding]
"""By the id of a claim that puts two arms side by side: the trial, or why there is none."""


def hold_trials(claims: Sequence[Claim], bench: Bench, evaluation: Evaluation) -> Trials:
    """The trials of all claims that put two arms side by side, by the claims' ids."""
    return {
        claim.id: hold_trial(claim, bench, evaluation)
        for claim in claims
        if isinstance(claim, RelationClaim | CauseClaim | EquivalenceClaim)
    }


def adjusted_ps(claims: Sequence[Claim], trials: Trials) -> dict[Pair, float]:
    """p of each pair of arms that claims put in an order, adjusted for the number of such pairs."""
    ordered = [trials[claim.id] for claim in claims if isinstance(claim, RelationClaim | CauseClaim)]
    return holm({trial.pair: trial.p for trial in ordered if isinstance(trial, Trial) and trial.p is not None})


def judge(claims: Sequence[Claim], trials: Trials, bench: Bench, evaluation: Evaluation) -> dict[str, Finding]:
    """The finding of each claim, by its id and in the claims' order."""
    adjusted = adjusted_ps(claims, trials)
    findings = {}
    for claim in claims:
        if isinstance(claim, ValueClaim):
            findings[claim.id] = judge_value(claim, bench, evaluation)
        elif isinstance(claim, DifferenceClaim):
            findings[claim.id] = judge_difference(claim, bench, evaluation)
        elif isinstance(trial := trials[claim.id], Finding):
            findings[claim.id] = trial
        elif isinstance(claim, EquivalenceClaim):
            findings[claim.id] = judge_equivalence(trial, bench, evaluation)
        else:
            findings[claim.id] = judge_relation(trial, adjusted, bench, evaluation)
    return findings
