"""Claims about an order, its cause, or its absence: what the difference of two arms supports."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from study.audit.arms import AuditArm
from study.audit.comparisons import Comparison, Pair, compare, larger_p, pair_of
from study.audit.contrasts import TESTED_ON
from study.audit.families import Family
from study.audit.fidelity import Bench
from study.audit.findings import Finding, Reason
from study.audit.seeds import seeds_for_mean
from study.audit.settings import GROUPS
from study.config.blocks import Evaluation
from study.config.claims import CauseClaim, EquivalenceClaim, RelationClaim
from study.evaluation.departures import departures

LEAST_POWER = 0.5
"""If it held, an equality shown less often than this cannot be shown with the seeds at hand."""


@dataclass(frozen=True)
class Trial:
    """Two arms that a claim compares, with what keeps them from answering it in full."""

    arms: tuple[AuditArm, AuditArm]
    missing: list[dict[str, Any]]
    all_runs: Comparison | None
    learned: Comparison | None
    """The same arms without collapsed runs."""

    @property
    def pair(self) -> Pair:
        """The name of the comparison."""
        return pair_of(*self.arms)

    @property
    def comparisons(self) -> list[Comparison]:
        """With all runs and without collapsed ones, as far as seeds are left."""
        return [item for item in (self.all_runs, self.learned) if item is not None]

    @property
    def p(self) -> float | None:
        """For no difference: the larger of both; None unless both exist."""
        return larger_p([item.p for item in self.comparisons])

    @property
    def equivalence_p(self) -> float | None:
        """For a difference of at least the margin, in the same way."""
        return larger_p([item.equivalence_p for item in self.comparisons])

    @property
    def beyond_p(self) -> float | None:
        """For a difference within the margin, in the same way."""
        return larger_p([item.beyond_p for item in self.comparisons])

    @property
    def margin_p(self) -> float | None:
        """The smaller of the last two, of which at most one is small."""
        ps = [p for p in (self.equivalence_p, self.beyond_p) if p is not None]
        return min(ps, default=None)


def hold_trial(
    claim: RelationClaim | CauseClaim | EquivalenceClaim, bench: Bench, evaluation: Evaluation, experiment: bool = False
) -> Trial | Finding:
    """Put the arms of a claim side by side, or say why that is impossible.

    Both must have been scored on the same images and, for a cause that no ``experiment`` shows, differ in what belongs
    to it and in nothing else. That includes the kind of device, for which the gate does not ask: a claim about the
    recipe holds on any, but a difference between two arms may come from it.
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
    if isinstance(claim, CauseClaim) and not experiment:
        named = GROUPS[claim.setting]
        found = [{"section": claim.lower, **item} for item in changed if item["key"] not in named]
        if not changed:
            values = [{key: arm.facts.get(key) for key in named} for arm in (one, other)]
            found = [{"section": claim.lower, "key": claim.setting, "document": values[0], "here": values[1]}]
        if found:
            return Finding("not_testable", "other_settings_differ", {"arms": names, "missing": found})
    learned = compare(one.learned(), other.learned(), evaluation)
    return Trial((one, other), missing, compare(one, other, evaluation), learned)


def judge_relation(trial: Trial, orders: Family, evaluation: Evaluation) -> Finding:
    """Judge an order among all others, which are ``orders`` by their pairs."""
    evidence = _evidence(trial) | {"p_holm": orders.adjusted.get(trial.pair)}
    comparisons = [item for item in trial.comparisons if item.p is not None]
    signs = {item.difference > 0 for item in comparisons}
    if orders.rejects(trial.pair) and len(signs) == 1:
        return Finding("supported" if signs == {True} else "contradicted", "direction", evidence)
    decided = {item.p is not None and item.p < orders.level for item in comparisons}
    reason: Reason
    if trial.all_runs is None or trial.all_runs.p is None:
        reason = "no_spread"
    elif len(comparisons) < 2 or len(signs) == 2 or len(decided) == 2:
        reason = "collapsed_runs"
    else:
        reason = "many_comparisons" if decided == {True} else "interval_holds_zero"
    reach = abs(trial.all_runs.difference) if trial.all_runs else 0.0
    needed = _seeds(trial, reason, reach, orders.decided_at, evaluation)
    return Finding("undecided", reason, evidence | {"seeds_needed": needed})


def judge_equivalence(trial: Trial, equivalences: Family, evaluation: Evaluation) -> Finding:
    """Judge that there is no difference beyond the margin, among all such claims, which are ``equivalences``."""
    margin, level = evaluation.equivalence_margin, equivalences.level
    evidence = _evidence(trial) | {"margin": margin}
    if trial.missing:
        return Finding("not_testable", "departures", evidence)
    evidence |= {"p_holm": equivalences.adjusted.get(trial.pair)}
    found = {_side(item, level) for item in trial.comparisons}
    (side,) = found if len(found) == 1 else (None,)
    if side and equivalences.rejects(trial.pair):
        return Finding("supported" if side == "equivalent" else "contradicted", side, evidence)
    decided_at = equivalences.decided_at
    reason: Reason
    if trial.all_runs is None or trial.all_runs.crossed is None:
        reason = "no_spread"
    elif trial.margin_p is None or len(found) == 2:
        reason = "collapsed_runs"
    elif side:
        reason = "many_comparisons"
    else:
        powers = [item.crossed.equivalence_power(margin, decided_at) for item in trial.comparisons if item.crossed]
        reason = "not_shown" if min(powers) >= LEAST_POWER else "cannot_be_shown"
    reach = margin - abs(trial.all_runs.difference) if trial.all_runs else 0.0
    # Each of the two one-sided tests leaves twice the tail of the two-sided interval beyond the margin.
    needed = _seeds(trial, reason, abs(reach), 2 * decided_at - 1 if reach > 0 else decided_at, evaluation)
    return Finding("undecided", reason, evidence | {"seeds_needed": needed})


def _side(item: Comparison, level: float) -> Literal["equivalent", "beyond_margin"] | None:
    """Return on which side of the margin a comparison is by itself."""
    if item.equivalence_p is not None and item.equivalence_p < level:
        return "equivalent"
    return "beyond_margin" if item.beyond_p is not None and item.beyond_p < level else None


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


def _seeds(
    trial: Trial, reason: Reason, reach: float, decided_at: float, evaluation: Evaluation
) -> dict[str, Any] | None:
    """Return None if collapse or a missing spread is the reason: with collapsed runs, no deviation is known."""
    crossed = trial.all_runs.crossed if trial.all_runs else None
    if crossed is None or reason in ("no_spread", "collapsed_runs") or any(arm.collapsed for arm in trial.arms):
        return None
    return asdict(seeds_for_mean(crossed, reach, decided_at, evaluation.confidence))
