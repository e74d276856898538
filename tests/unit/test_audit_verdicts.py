from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from study.audit.comparisons import image_differences
from study.audit.settings import GROUPS
from support.audit_arms import CLAIMS, arm, faithful_facts
from support.configured_arms import configured, configured_facts
from support.judging import CAUSE, HIGH, LOW, RUNS, SAME, SIZE, claim, finding, findings, relation, value

PAIR = {"source": "document", "higher": "1.2", "lower": "1.1", "statement": {}}


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
    """Two networks, each the same for all seeds but for one image, that differ in 40 to 38 of 2,000 images."""
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


def test_an_order_with_one_run_that_learned_rests_on_collapsed_runs() -> None:
    high = arm("1.2", (0.80, 0.10, 0.11), collapsed=(1, 2))
    found = finding(high, arm("1.1", LOW), claim=relation())
    assert (found.verdict, found.reason) == ("undecided", "collapsed_runs")
    assert found.evidence["comparison"]["learned"]["p"] is None


def test_a_quantity_that_a_collapsed_run_lacks_is_not_measured() -> None:
    ours = arm("1.1", (0.61, 0.62, 0.1), collapsed=(2,), train_accuracy=(0.7, 0.71, np.nan))
    found = finding(ours, claim=value(0.7, quantity="train_accuracy"))
    assert (found.verdict, found.reason) == ("not_testable", "not_measured")
    assert found.evidence["collapsed"] == 1


def test_a_difference_of_an_arm_that_was_not_run_says_so() -> None:
    asked = claim(kind="difference", higher="1.2", lower="1.1", value=0.1, tolerance=0.005)
    found = finding(arm("1.2", HIGH), claim=asked)
    assert (found.verdict, found.reason) == ("not_testable", "arm_not_run")
    assert "missing" in found.evidence


def test_a_cause_in_which_two_arms_do_not_differ_is_told_with_the_value_of_both() -> None:
    arms = arm("1.2", HIGH, facts=SAME), arm("1.1", LOW, facts=SAME)
    found = finding(*arms, claim=relation(kind="cause", setting="framework"))
    assert (found.verdict, found.reason) == ("not_testable", "other_settings_differ")
    framework = {"framework": SAME["framework"]}
    expected = {"section": "1.1", "key": "framework", "document": framework, "here": framework}
    assert found.evidence["missing"] == [expected]


def test_differences_that_are_the_same_for_all_seeds_have_no_spread() -> None:
    """Exactly: 0.80 - 0.60 and 0.81 - 0.61 are not the same in binary."""
    found = finding(arm("1.2", (0.80, 0.81, 0.83)), arm("1.1", (0.60, 0.61, 0.63)), claim=relation())
    assert (found.verdict, found.reason) == ("undecided", "no_spread")
    assert found.evidence["comparison"]["all"]["these_images"] is None


def test_many_orders_need_more_evidence_each() -> None:
    """p by itself is between half the level and the level: too much next to that of a pair with no difference."""
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
    """This holds even if there are as many of them."""
    arms = arm("1.2", HIGH, facts=SAME | {key: "other"}), arm("1.1", LOW, facts=SAME)
    found = finding(*arms, claim=relation(kind=kind, **({"setting": "framework"} if kind == "cause" else {})))
    assert (found.verdict, found.reason) == ("not_testable", "other_images")
    assert [item["key"] for item in found.evidence["missing"]] == [key]


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
