"""Claims of an order, its cause, or its absence: what the difference of two arms carries."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from study.audit.arms import AuditArm
from study.audit.comparisons import Comparison, Pair, compare, pair_of
from study.audit.fidelity import Bench
from study.audit.findings import Finding, Reason
from study.audit.seeds import seeds_for_difference
from study.audit.settings import GROUPS
from study.evaluation.departures import departures
from study.spec.claims import CauseClaim, EquivalenceClaim, RelationClaim
from study.spec.study import Evaluation

TESTED_ON = ("data", "test_images", "test_identity")
"""Facts of the images that are scored."""
LEAST_POWER = 0.5
"""An equality that would be shown less often than this, if it held, cannot be shown with the seeds at hand."""


@dataclass(frozen=True)
class Trial:
    """Two arms that a claim puts side by side, with what keeps them from answering it in full."""

    arms: tuple[AuditArm, AuditArm]
    missing: list[dict[str, Any]]
    all_runs: Comparison | None
    learned: Comparison | None
    """Without collapsed runs."""

    @property
    def pair(self) -> Pair:
        """The name of the comparison."""
        return pair_of(*self.arms)

    @property
    def p(self) -> float | None:
        """The larger of both p values; None if either cannot be had."""
        ps = [item.p for item in (self.all_runs, self.learned) if item is not None]
        known = [p for p in ps if p is not None]
        return max(known) if len(known) == 2 else None


def hold_trial(
    claim: RelationClaim | CauseClaim | EquivalenceClaim, bench: Bench, evaluation: Evaluation
) -> Trial | Finding:
    """Put the arms of a claim side by side, or say why that cannot be.

    Both must have been scored on the same images and, for a cause, differ in what belongs to it and in nothing else.
    That includes the kind of device, for which the gate does not ask: a claim about the recipe holds on any, but a
    difference between two arms may come from it.
    """
    answers = [bench.answer(claim.source, section) for section in (claim.higher, claim.lower)]
    missing = [item for answer in answers for item in answer.missing]
    one, other = (answer.arm for answer in answers)
    if one is None or other is None:
        return Finding("not_testable", "arm_not_run", {"missing": missing})
    names = [one.name, other.name]
    changed = departures(one.facts, other.facts)
    found = [{"section": claim.lower, **item} for item in changed if item["key"] in TESTED_ON]
    if found:
        return Finding("not_testable", "other_images", {"arms": names, "missing": found})
    if isinstance(claim, CauseClaim):
        named = GROUPS[claim.setting]
        found = [{"section": claim.lower, **item} for item in changed if item["key"] not in named]
        if not changed:
            values = [{key: arm.facts[key] for key in named} for arm in (one, other)]
            found = [{"section": claim.lower, "key": claim.setting, "document": values[0], "here": values[1]}]
        if found:
            return Finding("not_testable", "other_settings_differ", {"arms": names, "missing": found})
    learned = compare(one.learned(), other.learned(), evaluation)
    return Trial((one, other), missing, compare(one, other, evaluation), learned)


def judge_relation(trial: Trial, adjusted: Mapping[Pair, float], bench: Bench, evaluation: Evaluation) -> Finding:
    """Judge an order; ``adjusted`` are the p values of all pairs, adjusted for their number."""
    level = 1 - evaluation.confidence
    p = adjusted.get(trial.pair)
    evidence = _evidence(trial) | {"p_holm": p}
    comparisons = [item for item in (trial.all_runs, trial.learned) if item is not None and item.p is not None]
    signs = {item.difference > 0 for item in comparisons}
    if p is not None and p < level and len(signs) == 1:
        return Finding("supported" if signs == {True} else "contradicted", "direction", evidence)
    decided = {item.p is not None and item.p < level for item in comparisons}
    reason: Reason
    if trial.all_runs is None or trial.all_runs.p is None:
        reason = "no_spread"
    elif len(comparisons) < 2 or len(signs) == 2 or len(decided) == 2:
        reason = "collapsed_runs"
    else:
        reason = "many_comparisons" if decided == {True} else "interval_holds_zero"
    difference = trial.all_runs.difference if trial.all_runs else 0.0
    return Finding("undecided", reason, evidence | _seeds(trial, difference, bench, evaluation))


def judge_equivalence(trial: Trial, bench: Bench, evaluation: Evaluation) -> Finding:
    """Judge that there is no difference beyond the margin, by two one-sided tests."""
    margin, level = evaluation.equivalence_margin, 1 - evaluation.confidence
    evidence = _evidence(trial) | {"margin": margin}
    if trial.missing:
        return Finding("not_testable", "departures", evidence)
    both = [item for item in (trial.all_runs, trial.learned) if item is not None]
    ps = [item.equivalence_p for item in both if item.equivalence_p is not None]
    if len(ps) == 2 and max(ps) < level:
        return Finding("supported", "equivalent", evidence)
    intervals = [item.these_images for item in both if item.these_images is not None]
    if len(intervals) == 2 and all(margin < low or high < -margin for low, high in intervals):
        return Finding("contradicted", "beyond_margin", evidence)
    powers = [item.equivalence_power or 0.0 for item in both]
    reason: Reason = "not_shown" if powers and min(powers) >= LEAST_POWER else "cannot_be_shown"
    return Finding("undecided", reason, evidence | _seeds(trial, margin, bench, evaluation))


def _evidence(trial: Trial) -> dict[str, Any]:
    return {
        "scope": "direction_only" if trial.missing else "full",
        "arms": [arm.name for arm in trial.arms],
        "means": [float(arm.correct.mean()) for arm in trial.arms],
        "collapsed": sum(arm.collapsed for arm in trial.arms),
        "missing": trial.missing,
        "comparison": {
            name: asdict(item) if item is not None else None
            for name, item in (("all", trial.all_runs), ("learned", trial.learned))
        },
    }


def _seeds(trial: Trial, difference: float, bench: Bench, evaluation: Evaluation) -> dict[str, Any]:
    groups = [arm.learned().correct.mean(axis=1) for arm in bench.arms]
    present = trial.all_runs.seeds if trial.all_runs else 0
    return {"seeds_needed": seeds_for_difference(groups, present, difference, evaluation.confidence)}
