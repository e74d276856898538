"""Causes that an experiment shows or refutes."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from study.audit.arms import AuditArm
from study.audit.findings import Finding
from study.audit.verdicts import Experiments, hold_cases, judge
from study.config.blocks import Evaluation
from study.config.claims import CauseClaim, Claims, Experiment
from study.config.document import Section
from study.plan.experiment_specs import BridgeSpec, StepSpec
from support.audit_arms import CLAIMS, IMAGES, arm, bench, faithful_facts

SEEDS = 6


def claim(role: str = "cause", step: str | None = "framework") -> CauseClaim:
    return CauseClaim(
        id="cause",
        source="document",
        kind="cause",
        setting="framework",
        higher="1.2",
        lower="1.1",
        experiment=Experiment.model_validate({"bridge": "frameworks", "step": step, "role": role}),
        statement={"en": "Because of the framework."},
    )


BRIDGE = BridgeSpec(
    name="frameworks",
    start="low",
    end="high",
    covers=True,
    steps=(
        StepSpec(name="framework", settings=("framework",), from_start="tf_11", from_end="pt_12"),
        StepSpec(name="recipe", settings=("network",), from_start="pt_12", from_end="tf_11"),
    ),
)


def arms_with(framework: float, recipe: float, noise: float = 0.004, seeds: int = SEEDS) -> dict[str, AuditArm]:
    """Both frameworks with both recipes: effects that add up, and seeds that vary."""
    draw = np.random.default_rng(5)
    cells: dict[str, tuple[Section, float]] = {
        "low": ("1.1", 0.0),
        "tf_11": ("1.1", framework),
        "pt_12": ("1.2", recipe),
        "high": ("1.2", framework + recipe),
    }
    found = {}
    for name, (section, effect) in cells.items():
        accuracies = 0.55 + effect + noise * draw.normal(size=seeds)
        made = arm(section, list(accuracies), name=name, facts=faithful_facts(section))
        found[name] = made if name in ("low", "high") else replace(made, section=None)
    return found


def verdict(
    arms: Mapping[str, AuditArm],
    asked: CauseClaim | None = None,
    certificates: list[dict[str, object]] | None = None,
) -> Finding:
    claims = Claims(protocols=CLAIMS.protocols, claims=(asked or claim(),))
    own = [found for found in arms.values() if found.section]
    experiments = Experiments({"frameworks": BRIDGE}, arms, certificates or [])
    cases = hold_cases(claims.claims, bench(*own, claims=claims), Evaluation(), experiments)
    return judge(claims.claims, cases, Evaluation())["cause"]


@pytest.mark.parametrize(
    ("framework", "recipe", "word", "reason"),
    [
        (0.15, 0.03, "supported", "above_half"),
        (0.03, 0.15, "contradicted", "below_half"),
        (0.09, 0.09, "undecided", "around_half"),
    ],
)
def test_a_setting_is_the_cause_if_its_effect_is_more_than_half_of_the_difference(
    framework: float, recipe: float, word: str, reason: str
) -> None:
    found = verdict(arms_with(framework, recipe))
    assert (found.verdict, found.reason) == (word, reason)
    effect, excess = found.evidence["effect"]["all"], found.evidence["excess"]["all"]
    assert effect["value"] == pytest.approx(framework, abs=0.01)
    assert excess["value"] == pytest.approx(framework - (framework + recipe) / 2, abs=0.01)
    if word == "undecided":
        assert excess["interval"][0] < 0 < excess["interval"][1]
        assert found.evidence["seeds_needed"] is not None


def test_a_rival_that_makes_most_of_a_difference_contradicts_the_cause() -> None:
    asked = claim(role="rival", step="recipe")
    assert verdict(arms_with(0.15, 0.03), asked).verdict == "supported"
    assert verdict(arms_with(0.03, 0.15), asked).verdict == "contradicted"


def test_without_a_step_the_effect_is_the_whole_bridge() -> None:
    found = verdict(arms_with(0.05, 0.05), claim(step=None))
    assert (found.verdict, found.reason) == ("supported", "above_half")
    assert found.evidence["effect"]["all"]["value"] == pytest.approx(0.1, abs=0.01)


def test_a_difference_that_is_not_shown_has_no_cause() -> None:
    for framework, recipe in ((0.0, 0.0), (-0.1, -0.05)):
        found = verdict(arms_with(framework, recipe))
        assert (found.verdict, found.reason) == ("not_testable", "order_not_shown")


def test_a_failed_certificate_of_parity_leaves_the_framework_untested_and_a_passed_one_is_told() -> None:
    arms = arms_with(0.15, 0.03)
    passed = [{"pair": ["low", "high"], "passed": True}, {"pair": ["low", "high"], "passed": None}]
    failed = [*passed, {"pair": ["high", "low"], "passed": False}]
    others = [{"pair": ["low", "another"], "passed": False}]
    assert verdict(arms, certificates=passed).evidence["parity"] is True
    assert verdict(arms, certificates=passed).verdict == "supported"
    assert verdict(arms, certificates=others).evidence["parity"] is None
    found = verdict(arms, certificates=failed)
    assert (found.verdict, found.reason) == ("not_testable", "parity_failed")
    assert verdict(arms, claim(step=None), failed).reason == "parity_failed"
    assert verdict(arms, claim(step="recipe"), failed).reason == "below_half"


def test_an_arm_between_that_was_not_run_or_was_tested_on_other_images_is_named() -> None:
    arms = arms_with(0.15, 0.03)
    found = verdict({name: kept for name, kept in arms.items() if name != "pt_12"})
    assert (found.verdict, found.reason, found.evidence["lacking"]) == ("not_testable", "arm_not_run", ["pt_12"])
    other = replace(arms["pt_12"], facts={**arms["pt_12"].facts, "test_images": 100})
    assert verdict({**arms, "pt_12": other}).reason == "other_images"


def test_without_the_bridge_the_two_arms_alone_answer() -> None:
    arms = arms_with(0.15, 0.03)
    claims = Claims(protocols=CLAIMS.protocols, claims=(claim(),))
    own = [arms["low"], arms["high"]]
    cases = hold_cases(claims.claims, bench(*own, claims=claims), Evaluation())
    found = judge(claims.claims, cases, Evaluation())["cause"]
    assert (found.verdict, found.reason) == ("not_testable", "other_settings_differ")


def test_a_verdict_that_hangs_on_collapsed_runs_is_left_open() -> None:
    arms = arms_with(0.15, 0.03)
    dead = arms["low"]
    runs = dead.runs.assign(collapsed=[True] * (SEEDS - 1) + [False])
    found = verdict({**arms, "low": replace(dead, runs=runs)})
    assert found.verdict in ("undecided", "not_testable")


def test_of_settings_that_make_just_half_each_hardly_any_is_called_the_cause() -> None:
    """At most one false verdict in twenty, beside two binomial standard errors."""
    draw, trials, wrong = np.random.default_rng(2), 150, 0
    arms = arms_with(0.09, 0.09)
    weight = {"low": 0.0, "tf_11": 0.09, "pt_12": 0.09, "high": 0.18}
    for _ in range(trials):
        drawn = {}
        for name, made in arms.items():
            means = 0.55 + weight[name] + 0.02 * draw.normal(size=SEEDS)
            drawn[name] = replace(made, correct=draw.random((SEEDS, IMAGES)) < means[:, None])
        wrong += verdict(drawn).verdict in ("supported", "contradicted")
    assert wrong / trials < 0.05 + 2 * np.sqrt(0.05 * 0.95 / trials)
