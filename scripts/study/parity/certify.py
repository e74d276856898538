"""The certificate of a pair of arms: each arm's description, computed by both frameworks, stage by stage."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study.parity.distance import Distances, path_distances, relative, tensor_distances, uniform_distances
from study.parity.spec import PairSpec
from study.parity.stages import STAGES
from study.parity.trace import stage_tensors
from study.recipe.defaults import DEFAULTS, OWN
from study.recipe.initialisation import bounds
from study.recipe.recipe import Framework
from study.recipe.run import RunSpec
from study.store.parameters import Arrays

COMPARED = ("inputs", "initial_values", "outputs", "loss", "gradients", "dropout", "order", "free_run")
"""Stages in which the results of the two frameworks are compared with each other."""

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Finding:
    """One stage of a certificate."""

    pair: tuple[str, str]
    arm: str
    """The arm whose description was computed."""
    stage: str
    framework: Framework | None
    """The framework compared with a rule of its own; None if the two were compared with each other."""
    passed: bool | None
    """None if a stage is measured and not asserted."""
    tolerance: float | None
    worst: float | None
    """The largest distance; None if it is not finite: another shape, a missing tensor, an infinite value."""
    tensor: str
    """The first tensor out of tolerance, or the one with the largest distance."""
    reason: str
    """The reason for this tolerance."""


def certify(spec: PairSpec, sides: Sequence[Mapping[Framework, Arrays]]) -> list[Finding]:
    """Return all stages that need no trained run; ``sides`` are, per arm of the pair, what each framework computed."""
    findings = []
    for arm, run, by_framework in zip(spec.arms, spec.runs, sides, strict=True):
        findings += [_finding(spec, arm, stage, None, d) for stage, d in _asserted(by_framework)]
        for framework, tensors in by_framework.items():
            findings += [_finding(spec, arm, stage, framework, d) for stage, d in _native(run, framework, tensors)]
        findings += [_finding(spec, arm, stage, None, d) for stage, d in _apart(by_framework)]
    return findings


def certify_predictions(spec: PairSpec, scores: Sequence[Mapping[Framework, Scores]]) -> list[Finding]:
    """Return, for each arm, the comparison of both frameworks' scores from the parameters of one trained run."""
    findings = []
    for arm, run, by_framework in zip(spec.arms, spec.runs, scores, strict=True):
        own = by_framework[run.framework]
        (other,) = (found for framework, found in by_framework.items() if framework != run.framework)
        stage = "predictions" if run.precision in ("float32", "float64") else "mixed_predictions"
        findings.append(_finding(spec, arm, stage, None, {"scores": relative(own, other)}))
    return findings


def _asserted(by_framework: Mapping[Framework, Arrays]) -> list[tuple[str, Distances]]:
    distances = dict(_between(by_framework, COMPARED))
    # Each is held against the formula as the other side has it: a side that was given another optimiser shows.
    formulas = [stage_tensors(tensors, "formula") for tensors in by_framework.values()]
    distances["optimiser"] = {
        f"{framework}: {name}": distance
        for (framework, tensors), formula in zip(by_framework.items(), reversed(formulas), strict=True)
        for name, distance in path_distances(stage_tensors(tensors, "optimiser"), formula).items()
    }
    return [(stage, distances[stage]) for stage in STAGES if stage in distances]


def _between(by_framework: Mapping[Framework, Arrays], stages: Sequence[str]) -> list[tuple[str, Distances]]:
    one, other = by_framework["pytorch"], by_framework["tensorflow"]
    return [(stage, tensor_distances(stage_tensors(one, stage), stage_tensors(other, stage))) for stage in stages]


def _native(run: RunSpec, framework: Framework, tensors: Arrays) -> list[tuple[str, Distances]]:
    """Compare a framework left to its own defaults with the rule it documents, and its optimiser with the arm's."""
    own = DEFAULTS[OWN[framework]]
    stated = run.model_copy(update={"init": own.init, "bias_init": own.bias_init})
    quantiles = stage_tensors(tensors, "native_initial_values")
    return [
        ("native_distribution", uniform_distances(quantiles, bounds(stated))),
        (
            "native_optimiser",
            path_distances(stage_tensors(tensors, "native_optimiser"), stage_tensors(tensors, "formula")),
        ),
    ]


def _apart(by_framework: Mapping[Framework, Arrays]) -> list[tuple[str, Distances]]:
    """Measure how far apart the frameworks are if each is left to its own defaults."""
    (_, values), run = _between(by_framework, ("native_initial_values", "native_free_run"))
    weights = {name: distance for name, distance in values.items() if name.endswith(".weight")}
    biases = {name: distance for name, distance in values.items() if name.endswith(".bias")}
    return [("native_initial_weights", weights), ("native_initial_biases", biases), run]


def _finding(spec: PairSpec, arm: str, stage: str, framework: Framework | None, distances: Distances) -> Finding:
    """Make a finding from ``distances`` in the order of the computation."""
    asserted = STAGES.get(stage)
    largest = max(distances, key=lambda name: distances[name])
    tolerance = asserted.tolerance if asserted else None
    diverging = [name for name, distance in distances.items() if tolerance is not None and distance > tolerance]
    return Finding(
        pair=spec.arms,
        arm=arm,
        stage=stage,
        framework=framework,
        passed=not diverging if asserted else None,
        tolerance=tolerance,
        worst=distances[largest] if math.isfinite(distances[largest]) else None,
        tensor=diverging[0] if diverging else largest,
        reason=asserted.reason if asserted else "measured, not asserted: each framework follows its own defaults",
    )
