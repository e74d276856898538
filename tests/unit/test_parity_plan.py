import copy
from typing import Any

import pytest

from study.config.load import read_config, validate
from study.plan.planner import make_plan
from study.store.jobs import Job
from support.paths import ROOT

SCRATCH = ("scratch_pytorch", "scratch_tensorflow")


def demo() -> dict[str, Any]:
    return copy.deepcopy(read_config([ROOT / "config" / "demo.yaml"]))


def planned(config: dict[str, Any]) -> list[Job]:
    return list(make_plan(validate(config), ROOT).jobs)


def of(jobs: list[Job], kind: str) -> list[Job]:
    return [job for job in jobs if job.kind == kind]


def lineages(jobs: list[Job]) -> set[str]:
    return {job.lineage for job in jobs}


def test_the_two_arms_from_scratch_are_certified_each_in_both_frameworks() -> None:
    jobs = planned(demo())
    (certificate,) = of(jobs, "parity")
    assert certificate.spec["arms"] == list(SCRATCH)
    sides = of(jobs, "parity_sides")
    assert [job.spec["framework"] for job in sides] == ["pytorch", "tensorflow"] * 2
    assert certificate.inputs == tuple(job.ref for job in sides)
    (summary,) = of(jobs, "summary")
    assert certificate.ref in summary.inputs


def test_a_full_certificate_has_both_frameworks_predict_with_each_trained_run() -> None:
    config = demo()
    jobs = planned(config | {"parity": "full"})
    (certificate,) = of(jobs, "parity")
    own, by_tensorflow, other, by_pytorch = certificate.inputs_of("predictions")
    by_ref = {job.ref: job for job in jobs}
    assert by_ref[own].inputs == by_ref[by_tensorflow].inputs
    assert by_ref[other].inputs == by_ref[by_pytorch].inputs
    assert (by_tensorflow.name.split("-")[0], by_pytorch.name.split("-")[0]) == ("tensorflow", "pytorch")
    assert len({own, by_tensorflow, other, by_pytorch}) == 4
    assert certificate.spec["predictions"] == [
        {"pytorch": own.lineage, "tensorflow": by_tensorflow.lineage},
        {"tensorflow": other.lineage, "pytorch": by_pytorch.lineage},
    ]
    for run, sides in zip(certificate.spec["runs"], certificate.spec["sides"], strict=True):
        for framework, lineage in sides.items():
            side = by_ref[certificate.input_of("parity_sides", lineage)].spec
            assert (side["framework"], side["network"]) == (framework, run["network"])


def test_none_plans_no_certificate() -> None:
    jobs = planned(demo() | {"parity": "none"})
    assert of(jobs, "parity") == of(jobs, "parity_sides") == []


def test_equally_described_arms_are_computed_once_per_framework() -> None:
    config = demo()
    config["arms"]["scratch_tensorflow"] = config["arms"]["scratch_pytorch"] | {
        "framework": "tensorflow",
        "section": "1.2",
        "label": None,
        "document": None,
        "defaults": "pytorch",
    }
    del config["bridges"]  # the two differ in the framework alone
    assert len(of(planned(config), "parity_sides")) == 2


@pytest.mark.parametrize(
    ("key", "value"), [("epochs", 9), ("batch_size", 8), ("monitor", "none"), ("labels", "shuffled")]
)
def test_what_does_not_matter_to_it_certifies_nothing_anew(key: str, value: object) -> None:
    config = demo()
    before = lineages(of(planned(config), "parity_sides"))
    for arm in SCRATCH:
        config["arms"][arm][key] = value
    assert lineages(of(planned(config), "parity_sides")) == before


def test_another_network_or_optimiser_is_certified_anew() -> None:
    config = demo()
    before = lineages(of(planned(config), "parity_sides"))
    config["arms"]["scratch_pytorch"]["optimiser"] = {"name": "sgd", "learning_rate": 0.1}
    after = lineages(of(planned(config), "parity_sides"))
    assert len(before - after) == len(after - before) == 2
