from collections.abc import Mapping
from typing import Any

import pytest

from audit_arms import CLAIMS, EVALUATION, arm, bench, configured, configured_facts, faithful_facts
from study.audit.arms import AuditArm
from study.audit.findings import Finding
from study.audit.settings import GROUPS
from study.audit.verdicts import hold_trials, judge
from study.spec.claims import Claims
from study.spec.study import Evaluation

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
    return judge(asked.claims, hold_trials(asked.claims, board, evaluation), board, evaluation)


def finding(*arms: AuditArm, claim: dict[str, Any], **evaluation: float) -> Finding:
    (found,) = findings(*arms, claims=[claim], evaluation=Evaluation.model_validate(evaluation)).values()
    return found


RUNS = (0.61, 0.62, 0.63)


@pytest.mark.parametrize(
    ("accuracies", "claimed", "verdict", "reason"),
    [
        (RUNS, 0.62, "supported", "inside_interval"),
        (RUNS, 0.66, "supported", "inside_interval"),  # outside the interval of the mean, which ends at 0.645
        (RUNS, 0.68, "contradicted", "outside_interval"),
        ((0.62,), 0.62, "undecided", "no_spread"),
        ((0.60, 0.64), 0.62, "undecided", "wide_interval"),
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
    assert finding(runs, claim=value(beyond, tolerance=0.005)).verdict == "supported"
    assert finding(runs, claim=value(beyond, tolerance=0.0005)).verdict == "contradicted"


def test_collapsed_runs_are_counted_and_leave_a_figure_undecided_that_hangs_on_them() -> None:
    runs = arm("1.1", (0.62, 0.63, 0.10), collapsed=(2,))
    found = finding(runs, claim=value(0.62))
    assert (found.verdict, found.reason) == ("undecided", "collapsed_runs")
    assert found.evidence["collapsed"] == 1
    low, high = found.evidence["prediction"]["learned"]
    assert 0.4 < low < high < 0.9


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
    low, high = found.evidence["seeds_needed"]
    assert 3 < low <= (high or 100)


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
    for asked in (value(0.1), relation(), relation(kind="equivalence")):
        assert finding(arm("1.2", HIGH), dead, claim=asked).verdict == "undecided"


def test_differences_that_are_the_same_for_all_seeds_have_no_spread() -> None:
    """Exactly: 0.80 - 0.60 and 0.81 - 0.61 are not the same in binary."""
    found = finding(arm("1.2", (0.80, 0.81, 0.83)), arm("1.1", (0.60, 0.61, 0.63)), claim=relation())
    assert (found.verdict, found.reason) == ("undecided", "no_spread")
    assert found.evidence["comparison"]["all"]["these_images"] is None


def test_many_orders_need_more_evidence_each() -> None:
    """p is 0.035 alone, and no longer enough beside that of a pair with no difference."""
    arms = (arm("1.1", (0.620, 0.640, 0.630)), arm("1.2", (0.651, 0.655, 0.668)), arm("2.1", (0.630, 0.641, 0.612)))
    alone = finding(*arms, claim=relation())
    assert 0.025 < alone.evidence["p_holm"] < 0.05
    assert alone.verdict == "supported"
    both = findings(*arms, claims=[relation(), relation(id="other", higher="2.1")])["it"]
    assert (both.verdict, both.reason) == ("undecided", "many_comparisons")


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


def test_no_difference_is_shown_by_equivalence_only() -> None:
    equal = relation(kind="equivalence")
    steady = (0.700, 0.702, 0.699, 0.701, 0.698)
    assert finding(arm("1.2", steady), arm("1.1", steady[::-1]), claim=equal).verdict == "supported"
    few = finding(arm("1.2", (0.70, 0.72, 0.71)), arm("1.1", (0.72, 0.71, 0.70)), claim=equal)
    assert (few.verdict, few.reason) == ("undecided", "cannot_be_shown")
    assert finding(arm("1.2", HIGH), arm("1.1", LOW), claim=equal).verdict == "contradicted"
    departing = arm("1.1", steady[::-1], facts={**faithful_facts("1.1"), "epochs": 1})
    assert finding(arm("1.2", steady), departing, claim=equal).verdict == "not_testable"


def test_a_notebooks_claim_is_answered_by_the_arm_that_did_what_the_notebook_did() -> None:
    first_epochs = {1: (0.37, 0.36, 0.38)}
    notebook = arm(None, RUNS, name="wide", facts=faithful_facts("1.1", "notebook"), epochs=first_epochs)
    by_id = {item.id: item.model_dump() for item in CLAIMS.claims}
    found = finding(arm("1.1", RUNS), notebook, claim=by_id["fresh_start"])
    assert (found.verdict, found.evidence["arms"]) == ("contradicted", ["wide"])
    alone = finding(arm("1.1", RUNS, epochs=first_epochs), claim=by_id["fresh_start"])
    assert [item["key"] for item in alone.evidence["missing"]] == ["network"]


def test_equal_evidence_gives_equal_verdicts() -> None:
    claims = [item.model_dump() for item in CLAIMS.claims]
    arms = [arm(section, LOW) for section in ("1.1", "1.2", "2.1", "2.2")]
    once, again = findings(*arms, claims=claims), findings(*arms[::-1], claims=claims)
    assert {name: item.verdict for name, item in once.items()} == {name: item.verdict for name, item in again.items()}


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
