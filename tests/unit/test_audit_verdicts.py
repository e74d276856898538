from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import ttost_paired

from study.audit.arms import AuditArm
from study.audit.comparisons import image_differences
from study.audit.findings import Finding
from study.audit.relations import Trial
from study.audit.settings import GROUPS
from study.audit.verdicts import hold_cases, judge
from study.config.claims import Claims
from study.config.study import Evaluation
from support.audit_arms import CLAIMS, EVALUATION, arm, bench, faithful_facts
from support.configured_arms import configured, configured_facts

PAIR = {"source": "document", "higher": "1.2", "lower": "1.1", "statement": {}}


def claim(**settings: Any) -> dict[str, Any]:
    return {"id": "it", "source": "document", "statement": {}, **settings}


def value(accuracy: float, tolerance: float = 0.00005, **settings: Any) -> dict[str, Any]:
    section = {"kind": "value", "section": "1.1", "quantity": "test_accuracy"}
    return claim(**{**section, "value": accuracy, "tolerance": tolerance, **settings})


def relation(**settings: Any) -> dict[str, Any]:
    return claim(**{"kind": "relation", "higher": "1.2", "lower": "1.1", **settings})


def findings(
    *arms: AuditArm, claims: list[dict[str, Any]], evaluation: Evaluation = EVALUATION
) -> Mapping[str, Finding]:
    asked = Claims.model_validate({**CLAIMS.model_dump(), "claims": claims})
    board = bench(*arms, claims=asked)
    return judge(asked.claims, hold_cases(asked.claims, board, evaluation), evaluation)


def finding(*arms: AuditArm, claim: dict[str, Any], **evaluation: float) -> Finding:
    (found,) = findings(*arms, claims=[claim], evaluation=Evaluation.model_validate(evaluation)).values()
    return found


RUNS = (0.61, 0.62, 0.63)


@pytest.mark.parametrize(
    ("accuracies", "claimed", "verdict", "reason"),
    [
        (RUNS, 0.62, "compatible", "inside_interval"),
        (RUNS, 0.66, "compatible", "inside_interval"),  # outside the interval of the mean, which ends at 0.645
        (RUNS, 0.6696, "compatible", "inside_interval"),  # the interval ends at 0.66968
        (RUNS, 0.6698, "incompatible", "outside_interval"),
        (RUNS, 0.5702, "incompatible", "outside_interval"),
        ((0.62,), 0.62, "inconclusive", "no_spread"),
        ((0.62, 0.62), 0.9, "inconclusive", "no_spread"),
        ((0.60, 0.64), 0.62, "inconclusive", "wide_interval"),
        ((0.62, 0.63), 0.99, "incompatible", "outside_interval"),
    ],
)
def test_a_figure_of_one_run_is_judged_by_where_one_more_run_would_fall(
    accuracies: tuple[float, ...], claimed: float, verdict: str, reason: str
) -> None:
    found = finding(arm("1.1", accuracies), claim=value(claimed))
    assert (found.verdict, found.reason) == (verdict, reason)


def test_the_rounding_of_a_figure_widens_the_interval() -> None:
    runs = arm("1.1", RUNS)
    interval = finding(runs, claim=value(0.7)).evidence["prediction"]["all"]
    beyond = interval.high + 0.004
    assert finding(runs, claim=value(beyond, tolerance=0.005)).verdict == "compatible"
    assert finding(runs, claim=value(beyond, tolerance=0.0005)).verdict == "incompatible"


@pytest.mark.parametrize(("resolution", "verdict"), [(0.0496, "inconclusive"), (0.0498, "compatible")])
def test_a_figure_is_compatible_only_with_an_interval_as_narrow_as_asked(resolution: float, verdict: str) -> None:
    """Three runs a point apart: t of 2 degrees of freedom, 4.303, times 0.01 times the root of 4/3 is 0.0497."""
    assert finding(arm("1.1", RUNS), claim=value(0.62), value_resolution=resolution).verdict == verdict


def test_a_compatible_figure_says_what_difference_would_have_been_seen() -> None:
    found = finding(arm("1.1", RUNS), claim=value(0.62)).evidence
    reach = stats.t.ppf(0.975, 2) * 0.01 * np.sqrt(4 / 3)
    assert found["resolution_seen"] == pytest.approx(reach, abs=1e-9)  # of decimals in binary
    assert (min(found["values"]), max(found["values"])) == (0.61, 0.63)


def test_many_figures_need_more_evidence_each() -> None:
    """p of the one is 0.035 alone; beside seven figures that are right, it is no longer enough."""
    runs = arm("1.1", RUNS)
    off = value(0.68)
    right = [value(0.62 + step / 1000, id=f"right{step}") for step in range(7)]
    alone, beside = findings(runs, claims=[off])["it"], findings(runs, claims=[off, *right])["it"]
    p = 2 * stats.t.sf((0.68 - 0.00005 - 0.62) / (0.01 * np.sqrt(4 / 3)), 2)
    assert (alone.verdict, alone.evidence["p_holm"]) == ("incompatible", pytest.approx(p, rel=1e-6))
    assert (beside.verdict, beside.reason) == ("inconclusive", "many_comparisons")
    assert beside.evidence["p_holm"] == pytest.approx(8 * p, rel=1e-6)
    assert beside.evidence["seeds_needed"]["fewest"] > 3
    far = findings(runs, claims=[value(0.9), *right])
    assert [item.verdict for item in far.values()] == ["incompatible", *["compatible"] * 7]


def test_a_number_that_two_sources_claim_of_the_same_arm_is_one_test() -> None:
    runs = arm("1.2", RUNS)
    twice = [value(0.68, section="1.2"), value(0.68, section="1.2", id="again", source="notebook")]
    found = findings(runs, claims=twice)
    assert found["it"].evidence["p_holm"] == found["again"].evidence["p_holm"] < 0.05
    assert found["it"].evidence["p_holm"] == finding(runs, claim=twice[0]).evidence["p_holm"]


def test_figures_that_cannot_be_judged_do_not_count() -> None:
    departing = arm("1.2", RUNS, facts={**faithful_facts("1.2"), "epochs": 1})
    others = [value(0.6 + step / 100, id=f"other{step}", section="1.2") for step in range(7)]
    found = findings(arm("1.1", RUNS), departing, claims=[value(0.68), *others])
    assert found["it"].verdict == "incompatible"


SIZE = {"kind": "difference", "higher": "1.2", "lower": "1.1", "tolerance": 0.0001}


@pytest.mark.parametrize(("size", "verdict"), [(0.20, "compatible"), (0.27, "incompatible"), (-0.20, "incompatible")])
def test_a_difference_is_judged_by_where_that_of_one_more_run_would_fall(size: float, verdict: str) -> None:
    """Differences of 19, 20 and 21 points; one more falls within 15.0 to 25.0."""
    arms = arm("1.2", (0.80, 0.81, 0.83)), arm("1.1", (0.61, 0.61, 0.62))
    found = finding(*arms, claim=claim(**SIZE, value=size))
    assert found.verdict == verdict
    assert found.evidence["values"] == pytest.approx([0.19, 0.20, 0.21], abs=1e-12)  # exact counts


def test_limits_lie_within_what_is_possible() -> None:
    wild = finding(arm("1.1", (0.05, 0.95)), claim=value(0.5))
    assert wild.evidence["prediction"]["all"] == (0, 1)
    assert wild.evidence["resolution_seen"] == 1
    size = finding(arm("1.2", (0.95, 0.05)), arm("1.1", (0.05, 0.95)), claim=claim(**SIZE, value=0.1))
    assert size.evidence["prediction"]["all"] == (-1, 1)
    order = finding(arm("1.2", (0.95, 0.05)), arm("1.1", (0.05, 0.95)), claim=relation())
    for kind in ("these_images", "new_images"):
        assert order.evidence["comparison"]["all"][kind] == (-1, 1)


def test_collapsed_runs_are_counted_and_leave_a_figure_undecided_that_hangs_on_them() -> None:
    runs = arm("1.1", (0.62, 0.63, 0.10), collapsed=(2,))
    found = finding(runs, claim=value(0.62))
    assert (found.verdict, found.reason, found.evidence["seeds_needed"]) == ("inconclusive", "collapsed_runs", None)
    assert found.evidence["collapsed"] == 1
    low, high = found.evidence["prediction"]["learned"]
    assert 0.4 < low < high < 0.9


@pytest.mark.parametrize("dead", [(0.10,), (0.10, 0.11)])
def test_a_figure_is_incompatible_only_with_and_without_collapsed_runs(dead: tuple[float, ...]) -> None:
    """0.72 is far from the runs that learned, but not from all."""
    runs = arm("1.1", (*RUNS, *dead), collapsed=range(3, 3 + len(dead)))
    assert finding(runs, claim=value(0.72)).verdict == "inconclusive"
    assert finding(arm("1.1", RUNS), claim=value(0.72)).verdict == "incompatible"


@pytest.mark.parametrize(
    ("key", "here"),
    [
        ("data", "sha256:" + "0" * 64),
        ("weights", "run"),
        ("input_size", 32),
        ("train_images", 5000),
        ("epochs", 3),
        ("batch_size", 32),
        ("frozen", {"layers": ["conv1"], "all_but_last": None}),
        ("network", {"library": "torchvision", "model": "alexnet", "keep": "trunk", "head": []}),
        ("precision", "bfloat16"),
        ("learning_rate", 1e-2),
    ],
)
def test_any_departure_leaves_figures_untested_and_orders_as_directions(key: str, here: object) -> None:
    """Also where our figure is the claimed one, and where it is far from it."""
    departing = arm("1.1", RUNS, facts={**faithful_facts("1.1"), key: here})
    other = arm("1.2", (0.80, 0.81, 0.83))
    for claimed in (0.62, 0.99):
        found = finding(departing, other, claim=value(claimed))
        assert (found.verdict, found.reason) == ("not_testable", "departures")
        assert [(item["key"], item["here"]) for item in found.evidence["missing"]] == [(key, here)]
    if key != "data":  # other images cannot be paired at all
        ordered = finding(departing, other, claim=relation())
        assert (ordered.verdict, ordered.evidence["scope"]) == ("supported", "direction_only")
    size = claim(kind="difference", higher="1.2", lower="1.1", value=0.19, tolerance=0.01)
    assert finding(departing, other, claim=size).verdict == "not_testable"


def test_an_arm_that_was_not_run_is_named() -> None:
    for asked in (value(0.6), relation()):
        found = finding(arm("1.2", RUNS), claim=asked)
        assert (found.verdict, found.reason) == ("not_testable", "arm_not_run")
        assert [item["section"] for item in found.evidence["missing"]] == ["1.1"]


def test_what_was_not_measured_is_not_judged() -> None:
    blind = arm("1.1", RUNS, monitor="none")
    found = finding(blind, claim=value(0.62, quantity="best_monitor_accuracy"))
    assert (found.verdict, found.reason) == ("not_testable", "not_measured")


HIGH, LOW = (0.80, 0.81, 0.83), (0.60, 0.63, 0.61)


def test_an_order_is_judged_by_the_interval_of_the_difference() -> None:
    high, low = arm("1.2", HIGH), arm("1.1", LOW)
    found = finding(high, low, claim=relation())
    assert (found.verdict, found.evidence["scope"]) == ("supported", "full")
    assert found.evidence["comparison"]["all"]["difference"] == pytest.approx(0.2, abs=1e-12)  # exact counts
    assert finding(high, low, claim=relation(higher="1.1", lower="1.2")).verdict == "contradicted"


def test_an_order_that_is_open_says_how_many_seeds_would_decide_it() -> None:
    found = finding(arm("1.2", (0.62, 0.66, 0.63)), arm("1.1", (0.64, 0.62, 0.63)), claim=relation())
    assert (found.verdict, found.reason) == ("undecided", "interval_holds_zero")
    needed = found.evidence["seeds_needed"]
    assert not needed["never"]
    assert 3 < (needed["fewest"] or 100) <= (needed["most"] or 100)


def test_no_seeds_decide_an_order_that_the_images_alone_leave_open() -> None:
    """Two networks that are each alike for all seeds but one image, and unlike in 40 to 38 of 2,000 images."""
    high, low = (arm(section, (0.6, 0.6, 0.6)) for section in ("1.2", "1.1"))
    right = np.zeros((2, 3, 2000), dtype=bool)
    right[:, :, :1200] = True
    right[0, :, 1200:1240] = True
    right[1, :, 1240:1278] = True
    right[0, 0, 1300] = True
    found = finding(replace(high, correct=right[0]), replace(low, correct=right[1]), claim=relation())
    assert found.verdict == "undecided"
    assert found.evidence["comparison"]["all"]["these_images"].low > 0  # of these images, the seeds leave no doubt
    assert found.evidence["seeds_needed"] == {"fewest": None, "most": None, "never": True}


def test_one_seed_decides_no_order() -> None:
    found = finding(arm("1.2", (0.8,)), arm("1.1", (0.6,)), claim=relation())
    assert (found.verdict, found.reason, found.evidence["seeds_needed"]) == ("undecided", "no_spread", None)


def test_an_order_must_hold_with_and_without_collapsed_runs() -> None:
    low = arm("1.1", LOW)
    found = finding(arm("1.2", (0.80, 0.81, 0.83, 0.10), collapsed=(3,)), arm("1.1", (*LOW, 0.62)), claim=relation())
    assert (found.verdict, found.reason) == ("undecided", "collapsed_runs")
    assert found.evidence["comparison"]["learned"]["p"] < 0.05
    dead = arm("1.1", (0.60, 0.63, 0.61, 0.60), collapsed=(3,))
    assert finding(arm("1.2", (*HIGH, 0.82)), dead, claim=relation()).verdict == "supported"
    assert finding(arm("1.2", HIGH), low, claim=relation()).evidence["collapsed"] == 0


def test_arms_that_never_learn_decide_nothing() -> None:
    dead = arm("1.1", (0.10, 0.11, 0.10), collapsed=(0, 1, 2))
    for asked in (relation(), relation(kind="equivalence")):
        assert finding(arm("1.2", HIGH), dead, claim=asked).verdict == "undecided"
    assert finding(dead, claim=value(0.1)).verdict == "inconclusive"


def test_differences_that_are_the_same_for_all_seeds_have_no_spread() -> None:
    """Exactly: 0.80 - 0.60 and 0.81 - 0.61 are not the same in binary."""
    found = finding(arm("1.2", (0.80, 0.81, 0.83)), arm("1.1", (0.60, 0.61, 0.63)), claim=relation())
    assert (found.verdict, found.reason) == ("undecided", "no_spread")
    assert found.evidence["comparison"]["all"]["these_images"] is None


def test_many_orders_need_more_evidence_each() -> None:
    """p alone is between half of the level and the level: too much beside that of a pair with no difference."""
    arms = (arm("1.1", (0.620, 0.640, 0.630)), arm("1.2", (0.653, 0.658, 0.670)), arm("2.1", (0.630, 0.641, 0.612)))
    alone = finding(*arms, claim=relation())
    assert 0.025 < alone.evidence["p_holm"] < 0.05
    assert alone.verdict == "supported"
    both = findings(*arms, claims=[relation(), relation(id="other", higher="2.1")])["it"]
    assert (both.verdict, both.reason) == ("undecided", "many_comparisons")
    assert both.evidence["p_holm"] == pytest.approx(2 * alone.evidence["p_holm"], rel=1e-9)  # rounding


def test_an_order_and_its_cause_are_one_test() -> None:
    arms = arm("1.1", LOW, facts=SAME), arm("1.2", HIGH, facts=SAME | {"framework": "tensorflow"})
    cause = relation(id="cause", kind="cause", setting="framework")
    found = findings(*arms, claims=[relation(), cause, relation(id="back", higher="1.1", lower="1.2")])
    assert {item.evidence["p_holm"] for item in found.values()} == {finding(*arms, claim=relation()).evidence["p_holm"]}


@pytest.mark.parametrize("confidence", [0.90, 0.999])
def test_the_level_is_that_of_the_configuration(confidence: float) -> None:
    arms = arm("1.1", LOW), arm("1.2", HIGH)
    p = finding(*arms, claim=relation()).evidence["p_holm"]
    assert 0.001 < p < 0.05
    decided = finding(*arms, claim=relation(), confidence=confidence).verdict
    assert decided == ("supported" if p < 1 - confidence else "undecided")


CAUSE = relation(kind="cause", setting="framework")
SAME = faithful_facts("1.1") | {"device": "cpu", "test_identity": "these", "train_identity": "those"}


def test_a_cause_needs_two_arms_that_differ_in_nothing_else() -> None:
    high = arm("1.2", HIGH, facts=SAME | {"framework": "tensorflow"})
    assert finding(high, arm("1.1", LOW, facts=SAME), claim=CAUSE).verdict == "supported"
    same = finding(high, arm("1.1", LOW, facts=SAME | {"framework": "tensorflow"}), claim=CAUSE)
    assert (same.verdict, same.reason) == ("not_testable", "other_settings_differ")
    assert [item["key"] for item in same.evidence["missing"]] == ["framework"]


@pytest.mark.parametrize("key", sorted(SAME.keys() - {"framework", "data", "test_images", "test_identity"}))
def test_any_other_difference_leaves_a_cause_untested_and_is_named_with_both_values(key: str) -> None:
    here: Any = {"library": "keras", "model": "other"} if key == "network" else "other"
    high = arm("1.2", HIGH, facts=SAME | {"framework": "tensorflow", key: here})
    found = finding(high, arm("1.1", LOW, facts=SAME), claim=CAUSE)
    assert (found.verdict, found.reason) == ("not_testable", "other_settings_differ")
    (item,) = found.evidence["missing"]
    assert (item["key"], item["document"], item["here"]) == (key, here, SAME[key])


@pytest.mark.parametrize(("setting", "keys"), GROUPS.items())
def test_all_that_belongs_to_a_setting_may_differ_with_it(setting: str, keys: tuple[str, ...]) -> None:
    other = {key: {"library": "keras", "model": "other"} if key == "network" else "other" for key in keys}
    arms = arm("1.2", HIGH, facts=SAME | other), arm("1.1", LOW, facts=SAME)
    assert finding(*arms, claim=CAUSE | {"setting": setting}).verdict == "supported"


@pytest.mark.parametrize("key", ["data", "test_images", "test_identity"])
@pytest.mark.parametrize("kind", ["relation", "cause", "equivalence"])
def test_arms_that_were_scored_on_other_images_are_not_compared(key: str, kind: str) -> None:
    """Also where there are as many of them."""
    arms = arm("1.2", HIGH, facts=SAME | {key: "other"}), arm("1.1", LOW, facts=SAME)
    found = finding(*arms, claim=relation(kind=kind, **({"setting": "framework"} if kind == "cause" else {})))
    assert (found.verdict, found.reason) == ("not_testable", "other_images")
    assert [item["key"] for item in found.evidence["missing"]] == [key]


STEADY = (0.700, 0.702, 0.699, 0.701, 0.698)
EQUAL = relation(kind="equivalence")
WIDE_MARGIN = {"equivalence_margin": 0.05}
"""The images alone leave a point or two open: so many of the 2,000 are told apart by luck with an image."""


def test_no_difference_is_shown_by_equivalence_only() -> None:
    found = finding(arm("1.2", STEADY), arm("1.1", STEADY[::-1]), claim=EQUAL, **WIDE_MARGIN)
    assert (found.verdict, found.reason) == ("supported", "equivalent")
    few = finding(arm("1.2", (0.70, 0.72, 0.71)), arm("1.1", (0.72, 0.71, 0.70)), claim=EQUAL)
    assert (few.verdict, few.reason) == ("undecided", "cannot_be_shown")
    apart = finding(arm("1.2", HIGH), arm("1.1", LOW), claim=EQUAL)
    assert (apart.verdict, apart.reason) == ("contradicted", "beyond_margin")
    departing = arm("1.1", STEADY[::-1], facts={**faithful_facts("1.1"), "epochs": 1})
    other = finding(arm("1.2", STEADY), departing, claim=EQUAL, **WIDE_MARGIN)
    assert (other.verdict, other.reason, other.evidence["margin"]) == ("not_testable", "departures", 0.05)
    assert [item["key"] for item in other.evidence["missing"]] == ["epochs"]
    alone = finding(arm("1.2", STEADY[:1]), arm("1.1", STEADY[:1]), claim=EQUAL)
    assert (alone.verdict, alone.reason, alone.evidence["seeds_needed"]) == ("undecided", "no_spread", None)


def test_equivalence_is_for_new_images() -> None:
    """Over these images the arms are equal for every seed, but they err on different ones."""
    high, low = (arm(section, (0.6, 0.6, 0.6, 0.6)) for section in ("1.2", "1.1"))
    right = np.zeros((2, 4, 2000), dtype=bool)
    right[0, :, :300] = right[1, :, 300:600] = True
    right[0, 0, 700] = True
    arms = replace(high, correct=right[0]), replace(low, correct=right[1])
    trial = hold_cases((Claims.model_validate({"claims": [EQUAL]}).claims), bench(*arms), EVALUATION)["it"]
    assert isinstance(trial, Trial)
    differences = (right[0].astype(float) - right[1]).mean(axis=1)
    assert ttost_paired(differences, np.zeros(4), -0.01, 0.01)[0] < 0.001
    assert (trial.equivalence_p or 0) > 0.05
    assert finding(*arms, claim=EQUAL).verdict == "undecided"


@pytest.mark.parametrize(("factor", "verdict"), [(0.99, "supported"), (1.01, "undecided")])
def test_the_level_of_an_equality_is_met_from_one_side(factor: float, verdict: str) -> None:
    arms = arm("1.2", STEADY), arm("1.1", STEADY[::-1])
    p = finding(*arms, claim=EQUAL, **WIDE_MARGIN).evidence["p_holm"]
    assert p < 0.5
    found = finding(*arms, claim=EQUAL, confidence=1 - p / factor, **WIDE_MARGIN)
    assert found.verdict == verdict
    assert found.reason in ("equivalent", "not_shown")  # beside no other, it is never one of many


@pytest.mark.parametrize(("factor", "verdict"), [(0.99, "contradicted"), (1.01, "undecided")])
def test_the_level_of_its_opposite_is_met_from_one_side(factor: float, verdict: str) -> None:
    arms = arm("1.2", HIGH), arm("1.1", LOW)
    p = finding(*arms, claim=EQUAL).evidence["p_holm"]
    assert p < 0.05
    assert finding(*arms, claim=EQUAL, confidence=1 - p / factor).verdict == verdict


def test_an_equality_must_hold_with_and_without_collapsed_runs() -> None:
    one = arm("1.2", (*STEADY, 0.10), collapsed=(5,))
    found = finding(one, arm("1.1", (*STEADY[::-1], 0.70)), claim=EQUAL, **WIDE_MARGIN)
    assert found.evidence["comparison"]["learned"]["equivalence_p"] < 0.05
    assert (found.verdict, found.reason) == ("undecided", "collapsed_runs")
    both_dead = arm("1.1", (*STEADY[::-1], 0.10), collapsed=(5,))
    assert finding(one, both_dead, claim=EQUAL, **WIDE_MARGIN).verdict == "supported"


def test_many_equalities_need_more_evidence_each() -> None:
    """The same pair with a margin that p alone meets by less than a factor of two, and a pair that is open."""
    arms = arm("1.2", HIGH), arm("1.1", LOW), arm("2.1", (0.80, 0.80, 0.82)), arm("2.2", (0.81, 0.79, 0.83))
    p = finding(*arms, claim=EQUAL).evidence["p_holm"]
    confidence = 1 - 1.5 * p
    assert finding(*arms, claim=EQUAL, confidence=confidence).verdict == "contradicted"
    two = [EQUAL, relation(kind="equivalence", id="open", higher="2.2", lower="2.1")]
    evaluation = Evaluation.model_validate({"confidence": confidence})
    found = findings(*arms, claims=two, evaluation=evaluation)
    assert (found["it"].verdict, found["it"].reason) == ("undecided", "many_comparisons")
    assert found["it"].evidence["p_holm"] == pytest.approx(2 * p, rel=1e-9)  # rounding


def test_runs_are_paired_by_their_seeds_whatever_their_order() -> None:
    """Seed by seed the first arm is 2 points ahead; by position, it is not for every run."""
    ahead = arm("1.2", (0.72, 0.82, 0.63, 0.77), seeds=(0, 1, 2, 5))
    order = (2, 5, 4, 1, 0)
    behind = arm("1.1", (0.61, 0.75, 0.9, 0.80, 0.701), seeds=order)
    differences = image_differences(ahead, behind).mean(axis=1)
    assert differences == pytest.approx([0.019, 0.02, 0.02, 0.02], abs=6e-4)  # of 2,000 images, a whole number is right
    size = finding(ahead, behind, claim=claim(**SIZE, value=0.02))
    assert size.evidence["values"] == pytest.approx(sorted(differences), abs=1e-12)
    assert size.verdict == "compatible"


def test_nothing_depends_on_the_order_of_arms_claims_or_seeds() -> None:
    claims = [item.model_dump() for item in CLAIMS.claims] + [relation(id="equal", kind="equivalence", higher="2.2")]
    accuracies = {"1.1": (0.61, 0.62, 0.615), "1.2": HIGH, "2.1": (0.81, 0.812, 0.811), "2.2": (0.66, 0.63, 0.68)}
    once = findings(*(arm(section, found, seeds=(0, 1, 2)) for section, found in accuracies.items()), claims=claims)
    turned = [arm(section, found[::-1], seeds=(2, 1, 0)) for section, found in reversed(accuracies.items())]
    again = findings(*turned, claims=claims[::-1])
    assert {name: asdict(item) for name, item in once.items()} == {name: asdict(again[name]) for name in once}
    assert {"compatible", "incompatible", "supported", "not_testable"} <= {item.verdict for item in once.values()}


def test_a_notebooks_claim_is_answered_by_the_arm_that_did_what_the_notebook_did() -> None:
    first_epochs = {1: (0.37, 0.36, 0.38)}
    notebook = arm(None, RUNS, name="wide", facts=faithful_facts("1.1", "notebook"), epochs=first_epochs)
    by_id = {item.id: item.model_dump() for item in CLAIMS.claims}
    found = finding(arm("1.1", RUNS), notebook, claim=by_id["fresh_start"])
    assert (found.verdict, found.evidence["arms"]) == ("incompatible", ["wide"])
    alone = finding(arm("1.1", RUNS, epochs=first_epochs), claim=by_id["fresh_start"])
    assert [item["key"] for item in alone.evidence["missing"]] == ["network"]


@pytest.mark.parametrize("overlay", ["quick.yaml", "demo.yaml"])
def test_reduced_configurations_decide_no_figure_whatever_their_results(overlay: str) -> None:
    study = configured(overlay)
    facts = {study.arms[name].section: found for name, found in configured_facts(study).items()}
    claims = [item.model_dump() for item in CLAIMS.claims if item.kind in ("value", "difference")]
    figures = {item.section: item for item in CLAIMS.claims if item.kind == "value" and item.source == "document"}
    for shift in (0.0, -0.2):
        arms = [
            arm(section, [figures[section].value + shift + step for step in (-0.001, 0.0, 0.001)], facts=facts[section])
            for section in figures
        ]
        found = findings(*arms, claims=claims)
        assert {item.verdict for item in found.values()} == {"not_testable"}
        assert all(item.evidence["missing"] for item in found.values())
