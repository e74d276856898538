"""What a caption says about a figure: the right class, the right way round, whatever the order of the arms."""

from typing import Any

import pytest

from study.reporting.highlights import by_mean, classes_by_accuracy, confusion, overconfidence, spread

NAMES = ["cat", "dog", "eel"]
# 20 cats, 6 of them taken for dogs; 40 dogs, 8 of them for eels; 10 eels, 1 of them for a cat.
COUNTS = [[13, 6, 1], [2, 30, 8], [1, 0, 9]]


def arm(name: str, counts: list[list[int]], mean: float = 0.5) -> dict[str, Any]:
    rows = [
        {"class": number, "images": sum(row), "accuracy": row[number] / sum(row) if sum(row) else None}
        for number, row in enumerate(counts)
    ]
    return {
        "name": name,
        "data": {"class_names": NAMES},
        "confusion": counts,
        "per_class": rows,
        "statistics": {"test_accuracy": {"mean": mean}},
    }


def test_the_mistake_is_told_as_a_share_of_the_true_class() -> None:
    found = confusion(arm("a", COUNTS))
    assert found is not None
    assert (found.true, found.predicted) == ("cat", "dog")
    assert found.share == pytest.approx(6 / 20, abs=1e-12)  # one quotient


def test_an_arm_without_mistakes_has_none() -> None:
    assert confusion(arm("a", [[5, 0, 0], [0, 5, 0], [0, 0, 5]])) is None


def test_classes_come_from_the_worst_to_the_best_under_their_own_names() -> None:
    found = classes_by_accuracy(arm("a", COUNTS))
    assert [name for name, _ in found] == ["cat", "dog", "eel"]
    assert [value for _, value in found] == pytest.approx([13 / 20, 30 / 40, 9 / 10], abs=1e-12)
    turned = classes_by_accuracy(arm("a", [[19, 1, 0], [2, 30, 8], [0, 0, 0]]))
    assert [name for name, _ in turned] == ["dog", "cat"]


def test_the_widest_spread_names_the_class_and_both_arms_in_any_order() -> None:
    arms = [arm("a", COUNTS), arm("b", [[19, 1, 0], [2, 30, 8], [1, 2, 7]])]
    for ordered in (arms, arms[::-1]):
        found = spread(ordered)
        assert found is not None
        assert (found.name, found.best, found.worst) == ("cat", "b", "a")
        assert (found.highest, found.lowest) == (19 / 20, 13 / 20)


def test_arms_of_one_mean_come_by_name_whatever_their_order() -> None:
    arms = [arm("b", COUNTS, 0.5), arm("a", COUNTS, 0.5), arm("c", COUNTS, 0.25)]
    for ordered in (arms, arms[::-1]):
        assert [item["name"] for item in by_mean(ordered, "test_accuracy")] == ["c", "a", "b"]


def test_overconfidence_is_positive_where_a_network_trusts_itself_too_much() -> None:
    bins = [{"images": 10, "correct": 4, "confidence": 8.0}, {"images": 10, "correct": 9, "confidence": 9.0}]
    assert overconfidence({"calibration": bins}) == pytest.approx(0.2, abs=1e-12)  # (17 - 13) / 20
