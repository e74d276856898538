"""Verdicts on equality: that two arms are equal up to a margin."""

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.weightstats import ttost_paired

from study.audit.relations import Trial
from study.audit.verdicts import hold_cases
from study.config.blocks import Evaluation
from study.config.claims import Claims
from support.audit_arms import EVALUATION, arm, bench, faithful_facts
from support.judging import HIGH, LOW, finding, findings, relation

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
