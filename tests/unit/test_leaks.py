"""Test sets that have steered a training, of an arm's own or of its initial weights, and images that were set aside."""

from typing import Any

import pytest
import yaml

from study.config.leaks import leaks_of
from study.config.load import validate
from study.config.study import Study
from study.errors import StudyError
from study.plan.planner import make_plan
from support.paths import ROOT

PLATEAU = {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1}
CIFAR = {
    "source": "cifar10",
    "archive": {"filename": "cifar.tar.gz", "checksum": "md5:" + "0" * 32, "urls": ["https://example.org/c"]},
}
Arms = dict[str, dict[str, Any]]


def study(changes: Arms, datasets: dict[str, Any] | None = None) -> Study:
    """The demo with some settings of some arms changed; an arm that is not there yet is like ``pretraining``."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "config" / "demo.yaml").read_text(encoding="utf-8"))
    content |= {"claims": {}, "cohort": {}}
    content["datasets"] |= datasets or {}
    arms: Arms = content["arms"]
    for name, change in changes.items():
        arms[name] = {**arms.get(name, arms["pretraining"]), **change}
    return validate(content)


def found(changes: Arms, arm: str, datasets: dict[str, Any] | None = None) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(leak.arm, leak.by, leak.inherited) for leak in leaks_of(study(changes, datasets), arm)]


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ({"schedule": PLATEAU}, ("schedule",)),
        ({"early_stop": {"patience": 2}}, ("early_stop",)),
        ({"result": "best"}, ("result",)),
        ({"schedule": PLATEAU, "early_stop": {"patience": 2}, "result": "best"}, ("schedule", "early_stop", "result")),
    ],
)
def test_an_arms_own_leak_names_everything_that_followed_the_test_set(
    change: dict[str, Any], by: tuple[str, ...]
) -> None:
    assert found({"scratch_pytorch": change}, "scratch_pytorch") == [("scratch_pytorch", by, False)]
    clean = {"monitor": "validation", "validation_fraction": 0.2}
    assert found({"scratch_pytorch": {**change, **clean}}, "scratch_pytorch") == []


def test_watching_the_test_set_is_no_leak_where_nothing_follows_it() -> None:
    assert found({}, "scratch_pytorch") == []


STEERED = {"monitor": "test", "result": "best"}


def test_a_leak_comes_with_the_weights_of_a_source_that_was_steered_by_the_same_images() -> None:
    changes: Arms = {"pretraining": {"dataset": "digits", **STEERED}, "pretrained_pytorch": {"monitor": "none"}}
    assert found(changes, "pretrained_pytorch") == [("pretraining", ("result",), True)]


def test_a_source_with_other_test_images_hands_nothing_on() -> None:
    assert found({"pretraining": STEERED}, "pretrained_pytorch") == []


def test_a_leak_goes_through_a_chain_of_sources_whatever_lies_between() -> None:
    changes: Arms = {
        "first": {"dataset": "digits", **STEERED},
        "pretraining": {"weights": {"arm": "first"}},
        "pretrained_pytorch": {"schedule": PLATEAU},
    }
    assert found(changes, "pretrained_pytorch") == [
        ("pretrained_pytorch", ("schedule",), False),
        ("first", ("result",), True),
    ]


def test_subsets_of_cifar10_share_their_test_images() -> None:
    datasets = {"few": {**CIFAR, "test_images": 100}, "all": CIFAR}
    changes: Arms = {"pretraining": {"dataset": "few", **STEERED}, "pretrained_pytorch": {"dataset": "all"}}
    assert found(changes, "pretrained_pytorch", datasets) == [("pretraining", ("result",), True)]


def test_the_summary_is_told_of_every_leak() -> None:
    changes: Arms = {"pretraining": {"dataset": "digits", **STEERED}}
    jobs = {job.kind: job for job in make_plan(study(changes), ROOT).jobs}
    leaks = {arm["name"]: arm["leaks"] for arm in jobs["summary"].spec["arms"]}
    inherited = {"arm": "pretraining", "by": ["result"], "inherited": True}
    assert leaks == {
        "scratch_pytorch": [],
        "scratch_tensorflow": [],
        "pretrained_pytorch": [inherited],
        "pretrained_tensorflow": [{"arm": "pretrained_tensorflow", "by": ["schedule"], "inherited": False}, inherited],
    }


def aside(fraction: float) -> dict[str, Any]:
    return {"monitor": "validation", "validation_fraction": fraction}


@pytest.mark.parametrize(
    ("given", "taken", "allowed"),
    [
        ({"dataset": "digits"}, aside(0.2), False),
        ({"dataset": "digits", **aside(0.1)}, aside(0.2), False),
        ({"dataset": "digits", **aside(0.2)}, aside(0.2), True),
        ({"dataset": "digits", **aside(0.3)}, aside(0.2), True),
        ({}, aside(0.2), True),
        ({"dataset": "few", **aside(0.5)}, {"dataset": "all", **aside(0.2)}, False),
        ({"dataset": "all", **aside(0.2)}, {"dataset": "written_out", **aside(0.2)}, True),
    ],
)
def test_images_that_are_set_aside_were_not_trained_on_before(
    given: dict[str, Any], taken: dict[str, Any], allowed: bool
) -> None:
    datasets = {"few": {**CIFAR, "train_images": 5000}, "all": CIFAR, "written_out": {**CIFAR, "train_images": 50_000}}
    changes: Arms = {"pretraining": given, "pretrained_pytorch": taken}
    if allowed:
        study(changes, datasets)
        return
    with pytest.raises(StudyError, match="'pretraining', which was trained on images that 'pretrained_pytorch' sets a"):
        study(changes, datasets)


def test_a_source_of_a_source_is_held_to_the_same() -> None:
    changes: Arms = {
        "first": {"dataset": "digits"},
        "pretraining": {"weights": {"arm": "first"}},
        "pretrained_pytorch": aside(0.2),
    }
    with pytest.raises(StudyError, match="'first', which was trained on images that 'pretrained_pytorch' sets aside"):
        study(changes)
