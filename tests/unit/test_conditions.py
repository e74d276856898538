"""Runs that were trained under different conditions though no setting asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from study.evaluation.conditions import arm_conditions, computed_by, confounded_pairs, mixed_conditions
from study.evaluation.facts import arm_facts
from study.evaluation.results import ArmResult, read_results
from study.evaluation.summary_spec import SummarySpec
from support.study_results import make_study
from support.synthetic_arms import SyntheticArm, document_arms

CPU = {"kind": "cpu", "name": "synthetic processor"}
A100 = {"kind": "cuda", "name": "A100", "driver": "580.1", "cuda": "13.0", "cudnn": "92400", "tf32": False}


def results_of(folder: Path, arms: Sequence[SyntheticArm]) -> list[ArmResult]:
    study = make_study(folder, arms)
    return read_results(folder, study.summary_job, SummarySpec.model_validate(study.summary_job.spec))


def arms(seeds: Sequence[int] = (0, 1)) -> dict[str, SyntheticArm]:
    return {arm.name: arm for arm in document_arms(seeds)}


def mixed(folder: Path, names: Sequence[str], records: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> dict[str, Any]:
    """What ``mixed_conditions`` says: values by arm, by key."""
    made = [replace(arms()[name], records=records.get(name, {})) for name in names]
    found = mixed_conditions(results_of(folder, made))
    assert len({mix["key"] for mix in found}) == len(found)
    return {
        mix["key"]: {entry["arm"]: [(one["value"], one["seeds"]) for one in entry["values"]] for entry in mix["arms"]}
        for mix in found
    }


def test_a_study_on_one_machine_mixes_nothing_though_its_arms_differ_in_framework_and_precision(tmp_path: Path) -> None:
    other_version = {seed: {"framework_version": "3.0"} for seed in (0, 1)}
    names = list(arms())
    tensorflow = {name: other_version for name in names if "tensorflow" in name}
    assert mixed(tmp_path, names, tensorflow) == {}


def test_another_device_within_an_arm_is_told_with_the_seeds(tmp_path: Path) -> None:
    found = mixed(tmp_path, ["scratch_pytorch"], {"scratch_pytorch": {1: {"device": A100}}})
    assert found["device"] == {"scratch_pytorch": [("synthetic processor", [0]), ("A100", [1])]}
    assert found.keys() == {"device", "driver", "cuda", "cudnn"}


def test_a_card_that_shortens_products_of_float32_is_another_condition(tmp_path: Path) -> None:
    names = ["scratch_pytorch"]
    found = mixed(
        tmp_path, names, {"scratch_pytorch": {seed: {"device": A100 | {"tf32": bool(seed)}} for seed in (0, 1)}}
    )
    assert found == {"tf32": {"scratch_pytorch": [(False, [0]), (True, [1])]}}


def test_arms_on_other_kinds_of_device_or_in_other_arithmetic_are_confounded(tmp_path: Path) -> None:
    names = ["scratch_pytorch", "scratch_tensorflow", "pretrained_pytorch"]
    records = {"scratch_tensorflow": {1: {"device": A100}}, "pretrained_pytorch": {0: {"precision": "bfloat16"}}}
    made = [replace(arms()[name], records=records.get(name, {})) for name in names]
    assert confounded_pairs(results_of(tmp_path, made)) == [
        {"arms": ["scratch_pytorch", "scratch_tensorflow"], "by": ["device"]},
        {"arms": ["scratch_pytorch", "pretrained_pytorch"], "by": ["precision"]},
        {"arms": ["scratch_tensorflow", "pretrained_pytorch"], "by": ["precision", "device"]},
    ]


def test_a_run_that_went_on_on_another_kind_of_device_confounds_as_both(tmp_path: Path) -> None:
    resumed = [{"after_epoch": 3, "changed": {"device": [A100, CPU], "precision": ["bfloat16", "float32"]}}]
    names = ["scratch_pytorch", "scratch_tensorflow"]
    records = {"scratch_pytorch": {1: {"resumed": resumed}}}
    results = results_of(tmp_path, [replace(arms()[name], records=records.get(name, {})) for name in names])
    assert computed_by(results[0]) == {"precision": "bfloat16, float32", "device": "cpu, cuda"}
    assert computed_by(results[1]) == {"precision": "float32", "device": "cpu"}
    assert [pair["by"] for pair in confounded_pairs(results)] == [["precision", "device"]]
    assert arm_facts(results[0]).items() >= computed_by(results[0]).items()


def test_other_threads_between_arms_of_different_frameworks_are_told(tmp_path: Path) -> None:
    names = ["scratch_pytorch", "scratch_tensorflow"]
    found = mixed(tmp_path, names, {"scratch_tensorflow": {seed: {"threads": 4} for seed in (0, 1)}})
    assert found == {"threads": {"scratch_pytorch": [(2, [0, 1])], "scratch_tensorflow": [(4, [0, 1])]}}


def test_versions_are_compared_between_arms_of_one_framework(tmp_path: Path) -> None:
    names = ["scratch_pytorch", "scratch_tensorflow", "pretrained_pytorch"]
    found = mixed(tmp_path, names, {"pretrained_pytorch": {0: {"framework_version": "2.1"}}})
    assert found == {
        "pytorch": {"scratch_pytorch": [("2.0", [0, 1])], "pretrained_pytorch": [("2.1", [0]), ("2.0", [1])]}
    }


def test_so_are_versions_of_a_cards_libraries(tmp_path: Path) -> None:
    cards = [{seed: {"device": A100 | {"cuda": cuda}} for seed in (0, 1)} for cuda in ("12.4", "12.9")]
    other_framework = dict(zip(("scratch_pytorch", "scratch_tensorflow"), cards, strict=True))
    assert mixed(tmp_path / "two", list(other_framework), other_framework) == {}
    same_framework = dict(zip(("scratch_pytorch", "pretrained_pytorch"), cards, strict=True))
    found = mixed(tmp_path / "one", list(same_framework), same_framework)
    assert found == {"cuda": {"scratch_pytorch": [("12.4", [0, 1])], "pretrained_pytorch": [("12.9", [0, 1])]}}


def test_a_run_that_went_on_elsewhere_is_a_mix_of_its_own(tmp_path: Path) -> None:
    resumed = [{"after_epoch": 3, "changed": {"device": [A100, CPU], "threads": [8, 2]}}]
    names = ["scratch_pytorch"]
    found = mixed(tmp_path, names, {"scratch_pytorch": {0: {"resumed": resumed}}})
    assert found["device"] == {"scratch_pytorch": [("synthetic processor", [0, 1]), ("A100", [0])]}
    assert found["threads"] == {"scratch_pytorch": [(2, [0, 1]), (8, [0])]}


def test_an_arm_lists_each_of_its_conditions_once(tmp_path: Path) -> None:
    arm = replace(arms()["scratch_pytorch"], records={1: {"threads": 4}})
    (result,) = results_of(tmp_path, [arm])
    assert [(entry["conditions"]["threads"], entry["seeds"]) for entry in arm_conditions(result)] == [
        (2, [0]),
        (4, [1]),
    ]
