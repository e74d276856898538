"""How much each setting contributes to the gap between two arms, from both ends."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from study.audit.arms import AuditArm
from study.audit.contrasts import Measured, Weights, difference, measure_contrast, p_of, plus, share_test_images
from study.audit.families import Family, family
from study.audit.seeds import seeds_for_mean
from study.config.blocks import Evaluation
from study.plan.experiment_specs import BridgeSpec, StepSpec

Part = Literal["gap", "from_start", "from_end", "mean", "interaction", "share", "rest_from_start", "rest_from_end"]
"""The gap is the end minus the start. Of a step: its effect when applied alone, its effect when undone alone, their
mean, their difference, and its Shapley value. The rest: the gap minus all steps' effects from one end."""
MOST_WITH_SHARES = 3
"""With at most this many steps, the arms of both ends are all combinations."""
TESTED_FOR: tuple[Part, ...] = ("gap", "from_start", "from_end", "interaction")
"""Parts whose p is adjusted for their number, within each bridge; the others follow from these."""

BRIDGE_COLUMNS = (
    *("bridge", "start", "end", "part", "step", "settings", "runs", "seeds", "effect", "low", "high", "confidence"),
    *("p", "p_holm", "noise", "seeds_fewest", "seeds_most", "seeds_never"),
)

Key = tuple[Part, str | None]
"""A part and its step."""


@dataclass(frozen=True)
class Effect:
    """One number of a bridge."""

    part: Part
    step: str | None
    weights: Weights
    """By arm."""
    measured: Measured


def parts_of(bridge: BridgeSpec) -> dict[Key, dict[str, float]]:
    """Return the weights of all numbers of a bridge, by part and step."""
    gap = difference(bridge.end, bridge.start)
    parts: dict[Key, dict[str, float]] = {("gap", None): gap}
    for step in bridge.steps:
        start, end = difference(step.from_start, bridge.start), difference(bridge.end, step.from_end)
        parts["from_start", step.name], parts["from_end", step.name] = start, end
        parts["mean", step.name] = plus((0.5, start), (0.5, end))
        if interaction := plus((1, end), (-1, start)):
            parts["interaction", step.name] = interaction
        if bridge.covers and len(bridge.steps) <= MOST_WITH_SHARES:
            parts["share", step.name] = shapley(bridge, step)
    sides: tuple[tuple[Part, Part], ...] = (("from_start", "rest_from_start"), ("from_end", "rest_from_end"))
    for side, rest in sides:
        if left := plus((1.0, gap), *((-1.0, parts[side, step.name]) for step in bridge.steps)):
            parts[rest, None] = left
    return parts


def shapley(bridge: BridgeSpec, step: StepSpec) -> dict[str, float]:
    """Return a step's mean effect over all orders of at most three steps, which together make the whole gap.

    Shapley 1953, "A value for n-person games".
    """
    others = [other for other in bridge.steps if other is not step]
    start, end = difference(step.from_start, bridge.start), difference(bridge.end, step.from_end)
    if len(others) < MOST_WITH_SHARES - 1:
        return plus((0.5, start), (0.5, end))
    one, other = others
    # With one other step applied before: the end with the third undone, minus the start with that one applied.
    between = [difference(other.from_end, one.from_start), difference(one.from_end, other.from_start)]
    return plus((1 / 3, start), (1 / 3, end), *((1 / 6, weights) for weights in between))


def measure(bridge: BridgeSpec, arms: Mapping[str, AuditArm]) -> list[Effect] | str:
    """Return all numbers of a bridge, or why there are none: ``arm_not_run`` or ``other_images``."""
    if any(name not in arms for name in bridge.arms):
        return "arm_not_run"
    if not share_test_images(arms[name] for name in bridge.arms):
        return "other_images"
    parts = parts_of(bridge).items()
    return [Effect(part, step, weights, measure_contrast(arms, weights)) for (part, step), weights in parts]


def tests_of(effects: Sequence[Effect], level: float) -> Family:
    """Return the p of a bridge's effects, adjusted for their number; two parts with the same weights are one test."""
    return family({_test(item): p_of(item.measured) for item in effects if item.part in TESTED_FOR}, level)


def _test(effect: Effect) -> frozenset[tuple[str, float]]:
    first = min(effect.weights)
    sign = 1 if effect.weights[first] > 0 else -1
    return frozenset((arm, round(sign * weight, 9)) for arm, weight in effect.weights.items())


def bridge_rows(bridge: BridgeSpec, arms: Mapping[str, AuditArm], evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``bridges.csv``, with ``BRIDGE_COLUMNS``."""
    effects = measure(bridge, arms)
    if isinstance(effects, str):
        return
    tests = tests_of(effects, 1 - evaluation.confidence)
    noise = noise_floor([arms[name] for name in bridge.arms], evaluation)
    steps = {step.name: step for step in bridge.steps}
    for effect in effects:
        tested = effect.part in TESTED_FOR
        # Nothing is known of the deviation of a mixture with collapsed runs.
        collapsed = any(arms[name].collapsed for name in effect.weights)
        for sample, found in effect.measured.items():
            if found is None:
                continue
            interval = found.interval(evaluation.confidence)
            needed = None
            if tested and found.crossed and not collapsed and not tests.rejects(_test(effect)):
                needed = seeds_for_mean(found.crossed, abs(found.value), tests.decided_at, evaluation.confidence)
            yield {
                "bridge": bridge.name,
                "start": bridge.start,
                "end": bridge.end,
                "part": effect.part,
                "step": effect.step,
                "settings": " ".join(steps[effect.step].settings) if effect.step else None,
                "runs": sample,
                "seeds": found.seeds,
                "effect": found.value,
                "low": interval.low if interval else None,
                "high": interval.high if interval else None,
                "confidence": evaluation.confidence,
                "p": found.crossed.p if found.crossed else None,
                "p_holm": tests.adjusted.get(_test(effect)) if tested else None,
                "noise": noise,
                "seeds_fewest": needed.fewest if needed else None,
                "seeds_most": needed.most if needed else None,
                "seeds_never": needed.never if needed else None,
            }


def noise_floor(arms: Sequence[AuditArm], evaluation: Evaluation) -> float | None:
    """Return how far apart chance alone puts the means of two sets of seeds of one arm, at the configured confidence.

    It comes from the variance over seeds, pooled over all arms without collapsed runs, for as many seeds as the arm
    with the fewest has. None if no arm has two runs that learned.
    """
    groups = [arm.learned().correct.mean(axis=1) for arm in arms]
    freedom = sum(max(0, len(group) - 1) for group in groups)
    if not freedom:
        return None
    squares = sum(float(np.square(group - group.mean()).sum()) for group in groups if len(group))
    seeds = min(len(arm.seeds) for arm in arms)
    quantile = float(stats.t.isf((1 - evaluation.confidence) / 2, freedom))
    return quantile * float(np.sqrt(squares / freedom * 2 / seeds))
