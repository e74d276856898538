import re
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from study.audit.cohort import positions, team_figures
from study.audit.intervals import prediction_interval
from study.audit.quantities import (
    ODDS,
    Identified,
    NextRun,
    Printed,
    document_figures,
    from_curves,
    from_runs,
    identify,
    name_quantity,
)
from study.config.claims import Claims, Cohort
from study.config.document import Curves, Section
from support.audit_arms import CLAIMS, STUDY, arm, bench, faithful_facts
from support.paths import SCRIPTS

TRAIN, LAST, BEST = "train_accuracy_seen", "test_accuracy", "best_monitor_accuracy"


def by_curves(claims: Claims) -> dict[str, Identified]:
    return {item.claim.id: item for item in identify(claims, bench(claims=claims)) if item.basis == "curves"}


def ties(item: Identified) -> set[str]:
    assert item.answer is not None
    return set(item.answer.ties)


def swapped(curves: Curves) -> Curves:
    """The columns exchanged; where the test set was not scored stands its last accuracy, which names nothing else."""
    last = curves.test_accuracy[-1]
    train = tuple(last if accuracy is None else accuracy for accuracy in curves.test_accuracy)
    return Curves(train_accuracy=train, test_accuracy=curves.train_accuracy)


def test_the_authors_curves_say_what_each_figure_of_the_document_is() -> None:
    found = {name: ties(item) for name, item in by_curves(CLAIMS).items()}
    assert found == {
        "scratch_pytorch_test": {LAST},
        "scratch_pytorch_train": {TRAIN},
        "scratch_tensorflow_test": {LAST, BEST},  # its last epoch is its best
        "scratch_tensorflow_train": {TRAIN},
        "pretrained_pytorch_test": {TRAIN},  # the document calls this 93 % a test accuracy
        "pretrained_tensorflow_test": {LAST, BEST},  # 66.58 % rounded, or 67.63 % cut off
    }


def test_a_named_quantity_is_likelier_by_the_stated_odds() -> None:
    answer = by_curves(CLAIMS)["pretrained_pytorch_test"].answer
    assert answer is not None
    assert answer.name == TRAIN
    assert answer.likelihoods[TRAIN] >= ODDS * max(v for name, v in answer.likelihoods.items() if name != TRAIN)


def test_with_the_columns_swapped_the_answers_swap() -> None:
    curves = {section: swapped(one) for section, one in CLAIMS.curves.items()}
    found = by_curves(CLAIMS.model_copy(update={"curves": curves}))
    assert ties(found["pretrained_pytorch_test"]) == {LAST, BEST}
    assert ties(found["pretrained_tensorflow_test"]) == {TRAIN}
    assert ties(found["scratch_pytorch_test"]) == {TRAIN}
    assert LAST in ties(found["scratch_pytorch_train"])


@pytest.mark.parametrize("section", ["1.1", "1.2", "2.1", "2.2"])
def test_a_figure_that_no_curve_holds_is_none_of_them(section: Section) -> None:
    assert name_quantity(0.50, 0.0005, from_curves(CLAIMS.curves[section])).name == "none"


def test_rounding_and_cutting_off_both_explain_a_figure() -> None:
    for value in (0.9251, 0.9349, 0.9301, 0.9399):
        assert name_quantity(0.93, 0.005, {"it": Printed(value)}).name == "it"
    for value in (0.9249, 0.9401):
        assert name_quantity(0.93, 0.005, {"it": Printed(value)}).name == "none"


def test_the_next_run_lies_in_its_prediction_interval_as_often_as_that_says() -> None:
    values = np.array([0.91, 0.93, 0.92, 0.95])
    for level in (0.5, 0.9, 0.99):
        interval = prediction_interval(values, level)
        between = NextRun(values).between(interval.low, interval.high)
        assert between == pytest.approx(level, abs=1e-12)  # a few operations on fractions


def test_a_figure_on_the_edge_of_a_band_lies_in_it_although_decimals_are_not_exact_in_binary() -> None:
    assert 0.1 + 0.2 > 0.3
    assert Printed(0.1 + 0.2).between(0.2, 0.3) == Printed(0.3).between(0.1 + 0.2, 0.4) == 1.0
    assert Printed(0.3001).between(0.2, 0.3) == Printed(0.2999).between(0.3, 0.4) == 0.0


def test_runs_that_do_not_vary_name_nothing_and_miss_nothing() -> None:
    ours = arm("2.1", (0.93, 0.93, 0.93))
    (found,) = (item for item in identify(CLAIMS, bench(ours)) if (item.claim.section, item.basis) == ("2.1", "runs"))
    assert found.answer is None
    assert found.missing == []


def test_our_runs_name_a_figure_if_they_are_close_enough() -> None:
    generator = np.random.default_rng(0)
    means = {TRAIN: 0.932, "train_accuracy": 0.975, LAST: 0.86, BEST: 0.865}
    near = {name: mean + 0.002 * generator.normal(size=6) for name, mean in means.items()}
    assert name_quantity(0.93, 0.005, from_runs(near)).name == TRAIN
    far = {name: mean + 0.05 * generator.normal(size=3) for name, mean in means.items()}
    assert name_quantity(0.93, 0.005, from_runs(far)).name is None
    assert from_runs({LAST: np.array([0.86]), BEST: None}) == {}


def test_our_runs_answer_only_if_they_did_what_the_document_did() -> None:
    values = (0.93, 0.932, 0.931)
    faithful = arm("2.1", values)
    departing = arm("2.1", values, facts={**faithful_facts("2.1"), "epochs": 1})
    for ours, answers in ((faithful, True), (departing, False)):
        (found,) = (
            item for item in identify(CLAIMS, bench(ours)) if (item.claim.section, item.basis) == ("2.1", "runs")
        )
        assert (found.answer is not None) == answers
        assert bool(found.missing) != answers


TRAIN_AS_TEST = [("t01", "1.2", 0.7189, 0.00005), ("t07", "1.2", 0.81, 0.005), ("t19", "2.1", 0.957, 0.0005)]
"""What three teams reported as a test accuracy, with half of its last place; from their reports."""


@pytest.mark.parametrize(("team", "section", "reported", "tolerance"), TRAIN_AS_TEST)
def test_other_teams_training_accuracies_are_recognised(
    team: str, section: Section, reported: float, tolerance: float
) -> None:
    """The team of t07 cut 81.69 % off; that of t19 rounded 95.66 %."""
    assert name_quantity(reported, tolerance, cohort_candidates(team, section)).name == TRAIN


HONEST = [("t02", "1.1", 0.8278, 0.00005), ("t19", "1.1", 0.7523, 0.00005), ("t21", "1.2", 0.81, 0.005)]


@pytest.mark.parametrize(("team", "section", "reported", "tolerance"), HONEST)
def test_other_teams_test_accuracies_are_recognised(
    team: str, section: Section, reported: float, tolerance: float
) -> None:
    assert name_quantity(reported, tolerance, cohort_candidates(team, section)).name == LAST


def cohort_candidates(team: str, section: Section) -> dict[str, Printed]:
    figures = STUDY.cohort.teams[team][section]
    assert figures.train_accuracy is not None
    assert figures.test_accuracy is not None
    return {TRAIN: Printed(figures.train_accuracy), LAST: Printed(figures.test_accuracy)}


def test_the_cohort_places_the_document_and_arms_on_the_same_images() -> None:
    departing = arm("2.2", (0.7, 0.71), facts={**faithful_facts("2.2"), "test_images": 1000})
    found = positions(STUDY.cohort, CLAIMS, bench(arm("2.1", (0.86, 0.862)), departing))
    assert {(item.section, item.who) for item in found} == {
        *((section, "document") for section in ("1.1", "1.2", "2.1", "2.2")),
        ("2.1", "arm_2.1"),
    }


OTHERS = {"1.1": (20, 0.7528), "1.2": (20, 0.7382), "2.1": (18, 0.8330), "2.2": (11, 0.7150)}
"""Teams that printed a test accuracy and its median, without the document's own; from all submissions, to 0.01 %."""


def test_the_documents_own_team_is_none_of_the_others() -> None:
    documents = [item for item in positions(STUDY.cohort, CLAIMS, bench()) if item.who == "document"]
    assert {item.section: item.teams for item in documents} == {section: n for section, (n, _) in OTHERS.items()}
    for item in documents:
        assert item.median == pytest.approx(OTHERS[item.section][1], abs=0.6e-4)  # printed to two places of percent
    (pretrained,) = (item for item in documents if item.section == "2.1")
    assert pretrained.below == 18  # nobody's test accuracy reached 93 %
    assert STUDY.cohort.document_team not in {row["team"] for row in team_figures(STUDY.cohort)}
    assert len(team_figures(STUDY.cohort)) == sum(n for n, _ in OTHERS.values())


def test_every_team_is_another_where_none_wrote_the_document() -> None:
    teams = {"authors": {"1.1": {"test_accuracy": 0.6}}, "ours": {"1.1": {"test_accuracy": 0.7}}}
    both, one = (Cohort.model_validate({"document_team": name, "teams": teams}) for name in (None, "ours"))
    assert [row["team"] for row in team_figures(both)] == ["authors", "ours"]
    assert [row["team"] for row in team_figures(one)] == ["authors"]


def test_a_documents_team_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"document_team: autors is not under teams; there are: authors, ours"):
        Cohort.model_validate({"document_team": "autors", "teams": {"ours": {}, "authors": {}}})


def test_neither_an_arm_nor_a_figure_stands_in_the_code() -> None:
    figures = {item.value for item in CLAIMS.claims if item.kind in ("value", "difference")}
    figures |= {accuracy for curves in CLAIMS.curves.values() for accuracy in curves.train_accuracy}
    numbers = {f"{figure:.4f}".rstrip("0") for figure in figures} | {f"{100 * figure:.2f}" for figure in figures}
    files = [
        SCRIPTS / "audit.py",
        *(f for room in ("audit", "evaluation") for f in (SCRIPTS / "study" / room).glob("*.py")),
    ]
    assert len(files) > 10
    for file in files:
        words = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*|\d+\.\d+", file.read_text(encoding="utf-8")))
        assert words & (set(STUDY.arms) | numbers) == set(), file


def test_figures_of_the_document_stand_in_the_configuration_and_the_claims_alike() -> None:
    claimed = {(item.section, item.quantity): item.value for item in document_figures(CLAIMS)}
    for one in (STUDY.arms[name] for name in STUDY.study.arms):
        assert one.document is not None
        assert one.section is not None
        assert claimed[one.section, LAST] == one.document.test_accuracy
        assert claimed.get((one.section, TRAIN)) == one.document.train_accuracy


def test_accuracies_after_an_epoch_are_by_seed_whatever_the_order_of_the_history() -> None:
    ours = arm("2.1", (0.8, 0.9, 0.7), epochs={1: (0.5, 0.6, 0.4), 2: (0.7, 0.8, 0.6)})
    turned = replace(ours, epochs=ours.epochs.iloc[::-1])
    for found in (ours, turned):
        values = found.values("train_accuracy_seen", 1)
        assert values is not None
        assert values.tolist() == [0.5, 0.6, 0.4]
    fewer = replace(ours, epochs=ours.epochs[ours.epochs["seed"] != 1])
    assert fewer.values("train_accuracy_seen", 1) is None
