"""Effects of a bridge beside least squares, all orders of the steps, Student's test and simulations."""

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from study.audit.arms import AuditArm
from study.audit.bridges import bridge_rows, measure, noise_floor, parts_of
from study.audit.contrasts import contrast, difference, plus
from study.config.blocks import Evaluation
from study.plan.experiment_specs import BridgeSpec, StepSpec
from support.audit_arms import IMAGES, arm

ROUNDING = 1e-12
"""Sums of a few thousand fractions in float64."""
FACTS = {"data": "cifar10", "test_images": IMAGES, "test_identity": "these"}


def made(accuracies: dict[str, list[float]]) -> dict[str, AuditArm]:
    return {name: arm(None, values, name=name, facts=FACTS) for name, values in accuracies.items()}


def bridge_of(steps: dict[str, tuple[str, str]], covers: bool = True) -> BridgeSpec:
    return BridgeSpec(
        name="b",
        start="start",
        end="end",
        covers=covers,
        steps=tuple(
            StepSpec(name=name, settings=("shuffle",), from_start=start, from_end=end)
            for name, (start, end) in steps.items()
        ),
    )


CROSSED = bridge_of({"one": ("one", "two"), "two": ("two", "one")})
CUBE = bridge_of({step: (step, "".join(other for other in "abc" if other != step)) for step in "abc"})


def crossed_arms(seeds: int = 5, noise: float = 0.01) -> dict[str, AuditArm]:
    draw = np.random.default_rng(3)
    means = {"start": 0.60, "one": 0.66, "two": 0.72, "end": 0.81}
    return made({name: list(mean + noise * draw.normal(size=seeds)) for name, mean in means.items()})


def value(bridge: BridgeSpec, arms: dict[str, AuditArm], part: str, step: str | None) -> float:
    effects = measure(bridge, arms)
    assert not isinstance(effects, str)
    (found,) = (effect for effect in effects if (effect.part, effect.step) == (part, step))
    measured = found.measured["all"]
    assert measured is not None
    return measured.value


def test_main_effects_and_the_interaction_of_two_steps_are_those_of_least_squares() -> None:
    arms = crossed_arms()
    rows = [(+1 if name in ("one", "end") else -1, +1 if name in ("two", "end") else -1, y)
            for name, found in arms.items() for y in found.correct.mean(axis=1)]  # fmt: skip
    one, two, accuracy = (np.array(column) for column in zip(*rows, strict=True))
    fitted = sm.OLS(accuracy, sm.add_constant(np.column_stack([one, two, one * two]))).fit()
    assert value(CROSSED, arms, "mean", "one") == pytest.approx(2 * fitted.params[1], abs=ROUNDING)
    assert value(CROSSED, arms, "mean", "two") == pytest.approx(2 * fitted.params[2], abs=ROUNDING)
    assert value(CROSSED, arms, "interaction", "one") == pytest.approx(4 * fitted.params[3], abs=ROUNDING)
    assert value(CROSSED, arms, "interaction", "two") == pytest.approx(4 * fitted.params[3], abs=ROUNDING)


def test_effects_from_one_end_with_what_is_left_are_the_gap() -> None:
    arms = crossed_arms()
    for side in ("start", "end"):
        effects = [value(CROSSED, arms, f"from_{side}", step) for step in ("one", "two")]
        rest = value(CROSSED, arms, f"rest_from_{side}", None)
        assert sum(effects) + rest == pytest.approx(value(CROSSED, arms, "gap", None), abs=ROUNDING)


def test_shares_of_three_steps_are_the_mean_over_all_orders_and_add_up_to_the_gap() -> None:
    draw = np.random.default_rng(8)
    cells = ["".join(cell) for size in range(4) for cell in combinations("abc", size)]
    names = {"": "start", "abc": "end"}
    arms = made({names.get(cell, cell): list(draw.uniform(0.3, 0.9, size=3)) for cell in cells})

    def accuracy(cell: str) -> float:
        return float(arms[names.get(cell, cell)].correct.mean())

    for step in "abc":
        orders = [order[: order.index(step)] for order in permutations("abc")]
        expected = np.mean(
            [accuracy("".join(sorted((*before, step)))) - accuracy("".join(sorted(before))) for before in orders]
        )
        assert value(CUBE, arms, "share", step) == pytest.approx(expected, abs=ROUNDING)
    shares = sum(value(CUBE, arms, "share", step) for step in "abc")
    assert shares == pytest.approx(value(CUBE, arms, "gap", None), abs=ROUNDING)


def test_a_bridge_of_one_step_has_the_gap_as_its_effect_and_no_interaction() -> None:
    bridge = bridge_of({"one": ("end", "start")})
    arms = {name: found for name, found in crossed_arms().items() if name in ("start", "end")}
    gap = value(bridge, arms, "gap", None)
    assert [value(bridge, arms, part, "one") for part in ("from_start", "from_end", "mean", "share")] == [gap] * 4
    assert {part for part, _ in parts_of(bridge)} == {"gap", "from_start", "from_end", "mean", "share"}


def test_no_shares_without_all_combinations() -> None:
    four = bridge_of({name: (name, f"not_{name}") for name in ("p", "q", "r", "s")})
    partial = bridge_of({"one": ("one", "not_one")}, covers=False)
    assert not any(part == "share" for bridge in (four, partial) for part, _ in parts_of(bridge))
    assert ("rest_from_start", None) in parts_of(partial)


def test_the_seeds_part_of_an_interval_is_that_of_students_test_on_the_seeds_contrasts() -> None:
    arms = crossed_arms()
    weights = plus((1, difference("end", "two")), (-1, difference("one", "start")))
    found = contrast(arms, weights)
    assert found is not None
    assert found.crossed is not None
    by_seed = sum(weight * arms[name].correct.mean(axis=1) for name, weight in weights.items())
    test = stats.ttest_1samp(by_seed, 0)
    assert found.crossed.seed_error == pytest.approx(stats.sem(by_seed), rel=1e-9)
    assert found.crossed.p >= test.pvalue


def test_seeds_that_not_all_arms_have_or_that_collapsed_are_left_out() -> None:
    arms = {
        "one": arm(None, [0.7, 0.1, 0.8], name="one", facts=FACTS, collapsed=[1]),
        "two": arm(None, [0.5, 0.6, 0.6, 0.9], name="two", facts=FACTS),
    }
    whole, learned = (contrast(arms, difference("one", "two"), sample) for sample in ("all", "learned"))
    assert whole is not None
    assert learned is not None
    assert (whole.seeds, learned.seeds) == (3, 2)
    assert learned.value == pytest.approx((0.7 - 0.5 + 0.8 - 0.6) / 2, abs=1 / IMAGES)
    assert contrast({"one": arms["one"].with_seeds([7]), "two": arms["two"]}, difference("one", "two")) is None


def test_a_bridge_without_all_arms_or_on_other_images_has_no_rows() -> None:
    arms = crossed_arms()
    assert not list(bridge_rows(CROSSED, {"start": arms["start"], "end": arms["end"]}, Evaluation()))
    other = {**arms, "one": arm(None, [0.5, 0.6], name="one", facts={**FACTS, "test_identity": "others"})}
    assert measure(CROSSED, other) == "other_images"


def test_every_effect_is_adjusted_for_the_others_and_one_test_counts_once() -> None:
    rows = [row for row in bridge_rows(CROSSED, crossed_arms(), Evaluation()) if row["runs"] == "all"]
    ps = {(row["part"], row["step"]): (row["p"], row["p_holm"]) for row in rows if row["p_holm"] is not None}
    # The interaction is one test, whichever step it is told of: gap, two effects from each end, interaction.
    different = sorted({round(p, 15) for p, _ in ps.values()})
    assert len(different) == 6
    assert ps["interaction", "one"] == ps["interaction", "two"]
    smallest = min(ps.values())
    assert smallest[1] == pytest.approx(min(1.0, 6 * smallest[0]))


def test_the_noise_floor_is_passed_by_chance_alone_in_one_of_twenty_pairs() -> None:
    draw = np.random.default_rng(1)
    seeds, passed, trials = 4, 0, 1000
    template = arm(None, [0.7] * seeds, name="one", facts=FACTS)
    for _ in range(trials):
        groups = draw.normal(0.7, 0.02, size=(6, seeds))
        arms = [replace(template, correct=np.arange(IMAGES) < IMAGES * group[:, None]) for group in groups[:4]]
        floor = noise_floor(arms, Evaluation())
        assert floor is not None
        passed += abs(groups[4].mean() - groups[5].mean()) > floor
    # Two binomial standard errors to either side.
    assert abs(passed / trials - 0.05) < 2 * np.sqrt(0.05 * 0.95 / trials)


def test_without_two_runs_that_learned_there_is_no_noise_floor() -> None:
    assert noise_floor([arm(None, [0.7], name="one", facts=FACTS)], Evaluation()) is None
