"""Causes shown by an experiment: does a setting's effect exceed half of the difference that it is to explain?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from study.audit.arms import AuditArm
from study.audit.bridges import parts_of
from study.audit.contrasts import SAMPLES, Measured, difference, measure_contrast, p_of, plus, share_test_images
from study.audit.families import Family
from study.audit.findings import Finding, Reason
from study.audit.relations import Trial
from study.audit.seeds import seeds_for_mean
from study.config.blocks import Evaluation
from study.config.claims import CauseClaim, Experiment
from study.plan.experiment_specs import BridgeSpec

HALF = 0.5
"""A setting that makes more than this share of a difference is its main cause: no two can each make more than half."""

Certificates = Sequence[Mapping[str, Any]]
"""Findings of parity.json."""


@dataclass(frozen=True)
class Experimented:
    """A cause claim with the experiment that answers it."""

    claim: CauseClaim
    experiment: Experiment
    trial: Trial
    """The difference to be explained."""
    bridge: BridgeSpec
    effect: Measured
    excess: Measured
    """The effect minus half of the difference."""
    parity: bool | None
    """Whether the arms of the difference are certified to compute the same in both frameworks; None if not checked."""

    @property
    def changes_framework(self) -> bool:
        """Whether the effect is that of a change of framework, alone or together with other settings."""
        steps = [step for step in self.bridge.steps if self.experiment.step in (None, step.name)]
        return any("framework" in step.settings for step in steps)

    @property
    def test(self) -> tuple[object, ...]:
        """What is tested; two claims may rest on one test."""
        return self.trial.pair, self.experiment.bridge, self.experiment.step

    @property
    def p(self) -> float | None:
        """Two-sided, for an effect of exactly half."""
        return p_of(self.excess)


def hold_experiment(
    claim: CauseClaim,
    experiment: Experiment,
    trial: Trial,
    bridge: BridgeSpec,
    arms: Mapping[str, AuditArm],
    certificates: Certificates,
) -> Experimented | Finding:
    """Pair a claimed cause with its experiment, or say why that is impossible."""
    higher, lower = trial.arms
    names = [arm.name for arm in trial.arms]
    if lacking := [name for name in bridge.arms if name not in arms]:
        return Finding("not_testable", "arm_not_run", {"arms": names, "missing": [], "lacking": lacking})
    if not share_test_images((higher, *(arms[name] for name in bridge.arms))):
        return Finding("not_testable", "other_images", {"arms": names, "missing": []})
    gap = difference(higher.name, lower.name)
    parts = parts_of(bridge)
    if experiment.step is None:
        weights = parts["gap", None]
    else:
        weights = parts.get(("share", experiment.step)) or parts["mean", experiment.step]
    known = {**arms, higher.name: higher, lower.name: lower}
    excess = plus((1.0, weights), (-HALF, gap))
    return Experimented(
        claim,
        experiment,
        trial,
        bridge,
        measure_contrast(known, weights),
        measure_contrast(known, excess),
        _certified(certificates, names),
    )


def judge_cause(case: Experimented, order: Finding, causes: Family, evaluation: Evaluation) -> Finding:
    """Judge a cause together with all others that have an experiment; ``order`` is the verdict on the difference."""
    evidence = order.evidence | {
        "experiment": case.experiment.model_dump(mode="json"),
        "bridge_arms": [case.bridge.start, case.bridge.end],
        "effect": _numbers(case.effect, evaluation.confidence),
        "excess": _numbers(case.excess, evaluation.confidence),
        "parity": case.parity,
        "p_holm": causes.adjusted.get(case.test),
    }
    if order.verdict != "supported":
        return Finding("not_testable", "order_not_shown", evidence)
    if case.parity is False and case.changes_framework:
        return Finding("not_testable", "parity_failed", evidence)
    found = [item for item in case.excess.values() if item is not None]
    signs = {item.value > 0 for item in found}
    if causes.rejects(case.test) and len(signs) == 1:
        above = signs == {True}
        supports = above == (case.experiment.role == "cause")
        return Finding("supported" if supports else "contradicted", "above_half" if above else "below_half", evidence)
    reason: Reason = "around_half"
    if len(found) < len(SAMPLES) or len(signs) == 2:
        reason = "collapsed_runs"
    elif case.p is None:
        reason = "no_spread"
    elif case.p < causes.level:
        reason = "many_comparisons"
    needed = None
    crossed = found[0].crossed if found else None
    if reason in ("around_half", "many_comparisons") and crossed is not None:
        needed = asdict(seeds_for_mean(crossed, abs(found[0].value), causes.decided_at, evaluation.confidence))
    return Finding("undecided", reason, evidence | {"seeds_needed": needed})


def _certified(certificates: Certificates, names: Sequence[str]) -> bool | None:
    found = [item["passed"] for item in certificates if set(item["pair"]) == set(names) and item["passed"] is not None]
    return all(found) if found else None


def _numbers(measured: Measured, confidence: float) -> dict[str, Any]:
    return {
        sample: {
            "seeds": item.seeds,
            "value": item.value,
            "interval": item.interval(confidence),
            "p": item.crossed.p if item.crossed else None,
        }
        if item is not None
        else None
        for sample, item in measured.items()
    }
