"""Verdicts on figures: one arm's accuracy, and the size of a difference."""

import numpy as np
import pytest
from scipy import stats

from support.audit_arms import arm, faithful_facts
from support.judging import RUNS, SIZE, claim, finding, findings, relation, value


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
    """The p of one is 0.035 by itself; among seven figures that are right, that is no longer enough."""
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


def test_what_was_not_measured_is_not_judged() -> None:
    blind = arm("1.1", RUNS, monitor="none")
    found = finding(blind, claim=value(0.62, quantity="best_monitor_accuracy"))
    assert (found.verdict, found.reason) == ("not_testable", "not_measured")
