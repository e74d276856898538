"""Claims of numbers: would one more run of the same recipe print this?"""

from collections.abc import Sequence
from typing import Any

from study.audit.comparisons import image_differences
from study.audit.fidelity import Bench
from study.audit.findings import Finding
from study.audit.intervals import Floats, prediction_interval
from study.audit.seeds import seeds_for_value
from study.spec.claims import DifferenceClaim, ValueClaim
from study.spec.study import Evaluation


def judge_value(claim: ValueClaim, bench: Bench, evaluation: Evaluation) -> Finding:
    """Judge an accuracy that one run is said to have given."""
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
    pool = [other.learned().values(claim.quantity, claim.epoch) for other in bench.arms]
    return _judge_number(claim, (values, learned), pool, evaluation, evidence)


def judge_difference(claim: DifferenceClaim, bench: Bench, evaluation: Evaluation) -> Finding:
    """Judge a difference of two accuracies, one run of each arm; runs are paired by their seeds."""
    answers = [bench.answer(claim.source, section) for section in (claim.higher, claim.lower)]
    arms = [answer.arm for answer in answers if answer.arm is not None]
    missing = [item for answer in answers for item in answer.missing]
    if len(arms) < 2:
        return Finding("not_testable", "arm_not_run", {"missing": missing})
    names = [arm.name for arm in arms]
    if missing:
        return Finding("not_testable", "departures", {"arms": names, "missing": missing})
    values, learned = (image_differences(*pair).mean(axis=1) for pair in (arms, [arm.learned() for arm in arms]))
    collapsed = sum(arm.collapsed for arm in arms)
    evidence = {"arms": names, "collapsed": collapsed, "values": _listed(values), "missing": []}
    return _judge_number(claim, (values, learned), [learned], evaluation, evidence)


def _judge_number(
    claim: ValueClaim | DifferenceClaim,
    samples: tuple[Floats, Floats],
    pool: Sequence[Floats | None],
    evaluation: Evaluation,
    evidence: dict[str, Any],
) -> Finding:
    """``samples`` are our numbers of the same kind, from all runs and without collapsed ones."""
    intervals = [prediction_interval(values, evaluation.confidence) for values in samples]
    evidence |= {"prediction": dict(zip(("all", "learned"), intervals, strict=True))}
    known = [interval for interval in intervals if interval is not None]
    inside = {interval.low - claim.tolerance <= claim.value <= interval.high + claim.tolerance for interval in known}
    if inside == {False} and len(known) == 2:
        return Finding("contradicted", "outside_interval", evidence)
    narrow = all(interval.high - interval.low <= 2 * evaluation.value_resolution for interval in known)
    if inside == {True} and len(known) == 2 and narrow:
        return Finding("supported", "inside_interval", evidence)
    groups = [values for values in pool if values is not None]
    evidence |= {
        "seeds_needed": seeds_for_value(groups, len(samples[0]), evaluation.value_resolution, evaluation.confidence)
    }
    if intervals[0] is None:
        return Finding("undecided", "no_spread", evidence)
    if len(known) < 2 or len(inside) == 2 or evidence["collapsed"]:
        return Finding("undecided", "collapsed_runs", evidence)
    return Finding("undecided", "wide_interval", evidence)


def _listed(values: Floats | None) -> list[float] | None:
    return None if values is None else [float(value) for value in values]
