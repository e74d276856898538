"""Controls: trainings with a known outcome, and how much chance alone does."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from scipy import stats

from study.audit.arms import AuditArm
from study.audit.contrasts import contrast, difference
from study.audit.intervals import Interval, crossed_mean, varies
from study.config.blocks import Evaluation
from study.config.document import Curves, Section
from study.plan.experiment_specs import ControlSpec

CONTROL_COLUMNS = (
    *("kind", "arm", "control", "quantity", "epoch", "seeds", "value", "low", "high", "confidence", "expected", "p"),
    "outcome",
)
Outcome = Literal["passed", "failed", "open", "measured"]
"""``measured``: a number without an expected value."""


def control_rows(
    control: ControlSpec, arms: Mapping[str, AuditArm], curves: Mapping[Section, Curves], evaluation: Evaluation
) -> list[dict[str, Any]]:
    """Return the rows of ``controls.csv`` for one control; none if its runs are missing. Accuracies are fractions."""
    if control.arm not in arms or control.control not in arms:
        return []
    one, other = arms[control.arm], arms[control.control]
    match control.kind:
        case "again":
            found = _again(one, other)
        case "other_seeds":
            found = [_other_seeds(one, other, evaluation.confidence)]
        case "shuffled_labels":
            found = [_at_chance(other, evaluation.confidence, evaluation.value_resolution)]
        case "other_precision":
            found = [_other_precision(one, other, evaluation)]
        case "starting_epoch":
            found = _starting_epochs(other, curves.get(control.section) if control.section else None)
    return [
        {"kind": control.kind, "arm": control.arm, "control": control.control, "confidence": evaluation.confidence}
        | {"low": None, "high": None, "expected": None, "epoch": None, "p": None}
        | row
        for row in found
    ]


def _again(one: AuditArm, other: AuditArm) -> list[dict[str, Any]]:
    """Return how much the two trainings differ; on a CPU, they must not differ at all."""
    first = one.with_seeds(other.seeds)
    losses = [arm.epochs.sort_values("epoch")["train_loss"].to_numpy(dtype=float) for arm in (first, other)]
    same_length = len(losses[0]) == len(losses[1])
    found = {
        "same_images": (float((first.correct == other.correct).mean()), 1.0),
        "difference": (float(other.correct.mean() - first.correct.mean()), 0.0),
        "largest_loss_difference": (float(np.abs(losses[1] - losses[0]).max()) if same_length else np.inf, 0.0),
    }
    equal = all(value == expected for value, expected in found.values())
    on_cpu = one.facts["device"] == other.facts["device"] == "cpu"
    outcome: Outcome = "measured" if not on_cpu else "passed" if equal else "failed"
    return [
        {"quantity": name, "seeds": 1, "value": value, "expected": expected, "outcome": outcome}
        for name, (value, expected) in found.items()
    ]


def _other_seeds(one: AuditArm, other: AuditArm, confidence: float) -> dict[str, Any]:
    """Return the difference that seeds alone make, with Welch's interval, as the two sets of seeds are not paired."""
    first, second = one.correct.mean(axis=1), other.correct.mean(axis=1)
    row = {"quantity": "difference", "seeds": len(second), "value": float(second.mean() - first.mean())}
    if not (varies(first) and varies(second)):
        return {**row, "expected": 0.0, "outcome": "open"}
    test = stats.ttest_ind(second, first, equal_var=False)
    low, high = test.confidence_interval(confidence)
    outcome: Outcome = "passed" if low <= 0 <= high else "failed"
    found = {"low": float(low), "high": float(high), "p": float(test.pvalue)}
    return {**row, **found, "expected": 0.0, "outcome": outcome}


def _at_chance(other: AuditArm, confidence: float, resolution: float) -> dict[str, Any]:
    """Return the test accuracy after training on shuffled labels, which must be chance to within ``resolution``."""
    crossed = crossed_mean(other.correct)
    row = {"quantity": "test_accuracy", "seeds": len(other.seeds), "value": float(other.correct.mean())}
    if crossed is None:
        test = stats.binomtest(int(other.correct[0].sum()), other.correct.shape[1], other.chance)
        interval = Interval(*test.proportion_ci(confidence, method="exact"))
    else:
        interval = crossed.interval(confidence).within(0, 1)
    outcome: Outcome = "open"
    if interval.low > other.chance:
        outcome = "failed"
    elif interval.high < other.chance + resolution:
        outcome = "passed"
    return {**row, "low": interval.low, "high": interval.high, "expected": other.chance, "outcome": outcome}


def _other_precision(one: AuditArm, other: AuditArm, evaluation: Evaluation) -> dict[str, Any]:
    """Return the difference that the arithmetic makes, which must lie within the equivalence margin."""
    found = contrast({one.name: one, other.name: other}, difference(other.name, one.name))
    margin = evaluation.equivalence_margin
    row: dict[str, Any] = {"quantity": "difference", "expected": 0.0, "outcome": "open"}
    if found is None:
        return {**row, "seeds": 0, "value": None}
    row |= {"seeds": found.seeds, "value": found.value}
    if found.crossed is None:
        return row
    low, high = found.crossed.interval(evaluation.confidence).within(-1, 1)
    level = 1 - evaluation.confidence
    if found.crossed.equivalence_p(margin) < level:
        row["outcome"] = "passed"
    elif found.crossed.beyond_p(margin) < level:
        row["outcome"] = "failed"
    return {**row, "low": low, "high": high, "p": found.crossed.equivalence_p(margin)}


def _starting_epochs(longer: AuditArm, curves: Curves | None) -> list[dict[str, Any]]:
    """Return how far the authors' printed epochs are from ours, by the number of our epochs before their first.

    The distance of a seed is the root mean square of the differences in training and test accuracy over epochs; a row
    has its mean and range over seeds. The smallest mean is the likeliest start.
    """
    if curves is None:
        return []
    printed = np.array([curves.train_accuracy, [np.nan if v is None else v for v in curves.test_accuracy]], dtype=float)
    length = printed.shape[1]
    distances = []
    for seed in longer.seeds:
        run = longer.epochs[longer.epochs["seed"] == seed].sort_values("epoch")
        ours = run[["train_accuracy", "monitor_accuracy"]].to_numpy(dtype=float).T
        starts = range(ours.shape[1] - length + 1)
        squares = [np.nanmean(np.square(ours[:, start : start + length] - printed)) for start in starts]
        distances.append(np.sqrt(squares))
    table = np.array(distances)
    if not table.size:
        return []
    return [
        {
            "quantity": "distance",
            "epoch": start,
            "seeds": len(table),
            "value": float(table[:, start].mean()),
            "low": float(table[:, start].min()),
            "high": float(table[:, start].max()),
            "outcome": "measured",
        }
        for start in range(table.shape[1])
    ]
