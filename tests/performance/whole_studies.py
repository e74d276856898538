"""How often whole studies get a false answer: all claims, judged by simulated runs."""

import gc
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from performance.simulated import easy, recipe
from study.audit.arms import AuditArm
from study.audit.verdicts import hold_cases, judge
from study.config.claims import Claims, DifferenceClaim, ValueClaim
from study.config.document import Section
from support.audit_arms import CLAIMS, EVALUATION, arm, bench

TRUE: Mapping[Section, float] = {"1.1": 0.62, "1.2": 0.80, "2.1": 0.86, "2.2": 0.67}
"""Accuracies of recipes, in the order that the document claims."""
EQUAL: Mapping[Section, float] = dict.fromkeys(TRUE, 0.80)
OTHERS = ("train_accuracy", "train_accuracy_seen", "best_monitor_accuracy", "monitor_accuracy")
"""Quantities that are simulated as normal, with the deviation of the test accuracy."""

ORDERS = {claim.id for claim in CLAIMS.claims if claim.kind in ("relation", "cause")}
"""Claims that put two arms in an order."""

Floats = npt.NDArray[np.float64]


def false_answers(seeds: int, points: float, studies: int, images: int) -> npt.NDArray[np.float64]:
    """Shares of studies, float64 [3]: with an incompatible figure, with equal arms told apart, with any false answer.

    In the first and the last all claims are true: every figure is that of one more run. In the second all arms have one
    recipe. All claims are judged, as if the arms did what the document and the notebooks did.
    """
    generator = np.random.default_rng([seeds, round(100 * points), studies, images])
    gc.freeze()  # statsmodels collects garbage at each adjustment, which would take most of the time
    try:
        return np.mean([_study(seeds, points, images, generator) for _ in range(studies)], axis=0, dtype=np.float64)
    finally:
        gc.unfreeze()


def _study(seeds: int, points: float, images: int, generator: np.random.Generator) -> tuple[bool, bool, bool]:
    true, equal = (verdicts(accuracies, seeds, points, images, generator) for accuracies in (TRUE, EQUAL))
    return (
        "incompatible" in true.values(),
        any(equal[name] in ("supported", "contradicted") for name in ORDERS),
        bool({"incompatible", "contradicted"} & set(true.values())),
    )


def verdicts(
    accuracies: Mapping[Section, float], seeds: int, points: float, images: int, generator: np.random.Generator
) -> dict[str, str]:
    """The words for all claims, by their ids: of a simulated study whose figures are those of one more run."""
    ease = easy(images, generator)
    arms, printed = {}, {}
    for section, accuracy in accuracies.items():
        right = recipe(accuracy, points).runs(ease, seeds + 1, generator)
        numbers = {name: generator.normal(accuracy, points / 100, seeds + 1) for name in OTHERS}
        arms[section] = _arm(section, right[1:], {name: values[1:] for name, values in numbers.items()})
        printed[section] = {"test_accuracy": float(right[0].mean())} | {n: float(v[0]) for n, v in numbers.items()}
    claims = _claims(printed, generator)
    cases = hold_cases(claims.claims, bench(*arms.values(), claims=claims), EVALUATION)
    return {name: finding.verdict for name, finding in judge(claims.claims, cases, EVALUATION).items()}


def _arm(section: Section, right: npt.NDArray[np.bool_], numbers: Mapping[str, Floats]) -> AuditArm:
    runs = {name: values for name, values in numbers.items() if name != "monitor_accuracy"}
    settings = {"framework": "tensorflow" if section.endswith("2") else "pytorch"}
    made = arm(section, right.mean(axis=1), settings=settings, epochs={1: numbers["monitor_accuracy"]}, **runs)
    return replace(made, correct=right)


def _claims(printed: Mapping[Section, Mapping[str, float]], generator: np.random.Generator) -> Claims:
    """All claims with the printed numbers, rounded as the original's; both sources did the same."""
    changed = []
    for claim in CLAIMS.claims:
        if isinstance(claim, ValueClaim):
            value = printed[claim.section][claim.quantity]
        elif isinstance(claim, DifferenceClaim):
            value = printed[claim.higher]["test_accuracy"] - printed[claim.lower]["test_accuracy"]
        else:
            changed.append(claim)
            continue
        rounding = claim.tolerance * generator.uniform(-1, 1)
        changed.append(claim.model_copy(update={"value": float(np.clip(value + rounding, -1, 1))}))
    protocols = dict.fromkeys(CLAIMS.protocols, CLAIMS.protocols["document"])
    return CLAIMS.model_copy(update={"claims": tuple(changed), "protocols": protocols})
