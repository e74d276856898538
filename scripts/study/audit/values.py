"""Claims of numbers: would one more run of the same recipe print this?"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from study.audit.comparisons import image_differences, larger_p
from study.audit.families import Family
from study.audit.fidelity import Bench
from study.audit.findings import Finding, Reason
from study.audit.intervals import Floats, prediction_interval, prediction_p
from study.audit.seeds import seeds_for_run
from study.config.blocks import Evaluation
from study.config.claims import DifferenceClaim, ValueClaim


@dataclass(frozen=True)
class Figure:
    """A claimed number next to ours, ready to be judged."""

    claim: ValueClaim | DifferenceClaim
    arms: tuple[str, ...]
    """The arms whose runs these are."""
    collapsed: int
    """Number of their runs that collapsed."""
    all_runs: Floats
    """Our numbers of the same kind in ascending order, float64 [runs]."""
    learned: Floats
    """The same without collapsed runs."""

    @property
    def test(self) -> tuple[object, ...]:
        """What is tested; two sources that claim the same number for the same arm share one test."""
        claim = self.claim
        if isinstance(claim, ValueClaim):
            return (*self.arms, claim.quantity, claim.epoch, claim.value, claim.tolerance)
        sign = 1 if list(self.arms) == sorted(self.arms) else -1
        return (*sorted(self.arms), sign * claim.value, claim.tolerance)

    @property
    def ps(self) -> tuple[float | None, float | None]:
        """The probability of a run at least as far from our mean as the claim, less its rounding: all runs, learned."""
        claim = self.claim
        one, other = (
            prediction_p(values, max(0.0, abs(claim.value - values.mean()) - claim.tolerance)) if values.size else None
            for values in (self.all_runs, self.learned)
        )
        return one, other

    @property
    def p(self) -> float | None:
        """The larger of both; None unless both exist."""
        return larger_p(self.ps)


def hold_value(claim: ValueClaim, bench: Bench) -> Figure | Finding:
    """Put an accuracy that one run is said to have reached next to ours, or say why that is impossible."""
    answer = bench.answer(claim.source, claim.section)
    arm = answer.arm
    if arm is None:
        return Finding("not_testable", "arm_not_run", {"missing": answer.missing})
    values = arm.values(claim.quantity, claim.epoch)
    evidence = {"arms": [arm.name], "collapsed": arm.collapsed, "values": _listed(values), "missing": answer.missing}
    if answer.missing:
        return Finding("not_testable", "departures", evidence)
    learned = arm.learned().values(claim.quantity, claim.epoch)
    if values is None or learned is None:
        missing = {"section": claim.section, "key": claim.quantity, "document": claim.quantity, "here": None}
        return Finding("not_testable", "not_measured", evidence | {"missing": [missing]})
    return Figure(claim, (arm.name,), arm.collapsed, np.sort(values), np.sort(learned))


def hold_difference(claim: DifferenceClaim, bench: Bench) -> Figure | Finding:
    """Do the same for a difference of two accuracies, from one run of each arm; runs are paired by seed."""
    answers = [bench.answer(claim.source, section) for section in (claim.higher, claim.lower)]
    arms = [answer.arm for answer in answers if answer.arm is not None]
    missing = [item for answer in answers for item in answer.missing]
    if len(arms) < 2:
        return Finding("not_testable", "arm_not_run", {"missing": missing})
    names = [arm.name for arm in arms]
    if missing:
        return Finding("not_testable", "departures", {"arms": names, "missing": missing})
    values, learned = (
        np.sort(image_differences(*pair).mean(axis=1)) for pair in (arms, [arm.learned() for arm in arms])
    )
    return Figure(claim, tuple(names), sum(arm.collapsed for arm in arms), values, learned)


def judge_figure(figure: Figure, figures: Family, evaluation: Evaluation) -> Finding:
    """Judge a number among all others, which are ``figures`` by what they test."""
    intervals = [prediction_interval(values, evaluation.confidence) for values in (figure.all_runs, figure.learned)]
    reaches = [(interval.high - interval.low) / 2 for interval in intervals if interval is not None]
    least = 0 if isinstance(figure.claim, ValueClaim) else -1
    evidence = {
        "arms": list(figure.arms),
        "collapsed": figure.collapsed,
        "values": _listed(figure.all_runs),
        "missing": [],
        "prediction": {
            name: interval.within(least, 1) if interval is not None else None
            for name, interval in zip(("all", "learned"), intervals, strict=True)
        },
        "resolution_seen": min(1.0, max(reaches)) if reaches else None,
        "p_holm": figures.adjusted.get(figure.test),
    }
    inside = {p >= figures.level for p in figure.ps if p is not None}
    if figures.rejects(figure.test):
        return Finding("incompatible", "outside_interval", evidence)
    if inside == {True} and len(reaches) == 2 and max(reaches) <= evaluation.value_resolution:
        return Finding("compatible", "inside_interval", evidence)
    reason = _open(figure, inside, len(reaches))
    return Finding("inconclusive", reason, evidence | {"seeds_needed": _seeds(figure, reason, figures, evaluation)})


def _open(figure: Figure, inside: set[bool], intervals: int) -> Reason:
    """Return why a number is neither; ``inside`` says whether it is inside all, some or none of the ``intervals``."""
    if not intervals:
        return "no_spread"
    if intervals == 1 or len(inside) == 2 or figure.collapsed:
        return "collapsed_runs"
    return "many_comparisons" if inside == {False} else "wide_interval"


def _seeds(figure: Figure, reason: Reason, figures: Family, evaluation: Evaluation) -> dict[str, Any] | None:
    """Return None if collapse or a missing spread is the reason."""
    if reason == "wide_interval":
        reach, decided_at = evaluation.value_resolution, evaluation.confidence
    elif reason == "many_comparisons":
        far = abs(figure.claim.value - figure.all_runs.mean()) - figure.claim.tolerance
        reach, decided_at = float(far), figures.decided_at
    else:
        return None
    needed = seeds_for_run(figure.all_runs, reach, decided_at, evaluation.confidence)
    return asdict(needed) if needed else None


def _listed(values: Floats | None) -> list[float] | None:
    return None if values is None else [float(value) for value in np.sort(values)]
