"""The conditions under which an arm's runs were trained, and where they differ although no setting asks for it.

Versions, device, precision and threads determine how results are rounded, and the framework's version perhaps more.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from study.evaluation.results import ArmResult, RunResult

Conditions = dict[str, Any]
"""Values by name; see ``of_record``."""


def of_record(record: Mapping[str, Any]) -> Conditions:
    """Return the conditions in a run's record: device and driver, precision, TF32, threads, versions."""
    device, versions = record["device"], record.get("versions", {})
    return {
        "device": device["name"],
        "driver": device.get("driver"),
        "cuda": device.get("cuda"),
        "cudnn": device.get("cudnn"),
        "tf32": device.get("tf32", False),
        "precision": record["precision"],
        "threads": record["threads"],
        record["spec"]["framework"]: record["framework_version"],
        **{name: versions[name] for name in ("python", "numpy") if name in versions},
    }


def conditions_of(run: RunResult) -> list[Conditions]:
    """Return a run's conditions; several, the latest first, if it was stopped and resumed under others."""
    return [of_record(record) for record in _records_of(run)]


def computed_by(result: ArmResult) -> dict[str, str]:
    """Return what computed an arm's runs, besides their settings, as far as it may be the cause of a difference.

    These are ``precision``, as actually used, and ``device``, the kind: CPU or GPU. All are listed if runs had several,
    or one of them resumed under others.
    """
    records = [record for run in result.runs for record in _records_of(run)]
    kinds = {
        "precision": [record["precision"] for record in records],
        "device": [record["device"]["kind"] for record in records],
    }
    return {name: ", ".join(sorted(set(values))) for name, values in kinds.items()}


def _records_of(run: RunResult) -> list[Mapping[str, Any]]:
    """Return the run's record, the latest state first, as it would be under each of its conditions."""
    record: Mapping[str, Any] = run.record
    found = [record]
    for stop in reversed(record.get("resumed", [])):
        if stop["changed"]:
            record = {**record, **{key: old for key, (old, _) in stop["changed"].items()}}
            found.append(record)
    return found


def arm_conditions(result: ArmResult) -> list[dict[str, Any]]:
    """Return the distinct conditions of an arm, each with the seeds of the runs that had it."""
    found: list[dict[str, Any]] = []
    for run in result.runs:
        for conditions in conditions_of(run):
            known = next((entry for entry in found if entry["conditions"] == conditions), None)
            if known is None:
                found.append({"conditions": conditions, "seeds": [run.seed]})
            elif run.seed not in known["seeds"]:
                known["seeds"].append(run.seed)
    return found


def mixed_conditions(results: Sequence[ArmResult]) -> list[dict[str, Any]]:
    """Return each condition that differs within or between arms: ``key`` and ``values``, by arm, with seeds.

    Arms whose settings ask for different precisions differ in it on purpose. A framework's version, and those of the
    libraries in its package, are compared only between arms of that framework.
    """
    mixes = []
    for key in dict.fromkeys(
        key for result in results for entry in arm_conditions(result) for key in entry["conditions"]
    ):
        for group in _comparable(key, results):
            values = {result.arm.name: _values(key, result) for result in group}
            if len({repr(value["value"]) for entries in values.values() for value in entries}) > 1:
                mixes.append({"key": key, "arms": [{"arm": arm, "values": found} for arm, found in values.items()]})
    return mixes


def confounded_pairs(results: Sequence[ArmResult]) -> list[dict[str, Any]]:
    """Return every pair of arms whose difference may come from what computed it: ``arms``, two names, and ``by``.

    ``by`` lists the entries of ``computed_by`` in which they differ, whether or not a setting asks for it.
    """
    made = [(result.arm.name, computed_by(result)) for result in results]
    pairs = []
    for (one, by_one), (other, by_other) in combinations(made, 2):
        by = [name for name, value in by_one.items() if by_other[name] != value]
        if by:
            pairs.append({"arms": [one, other], "by": by})
    return pairs


def _values(key: str, result: ArmResult) -> list[dict[str, Any]]:
    """Return the distinct values of a condition in an arm, with the seeds that had each."""
    values: list[dict[str, Any]] = []
    for entry in arm_conditions(result):
        value = entry["conditions"].get(key)
        known = next((one for one in values if one["value"] == value), None)
        if known is None:
            values.append({"value": value, "seeds": list(entry["seeds"])})
        else:
            known["seeds"] += [seed for seed in entry["seeds"] if seed not in known["seeds"]]
    return values


def _comparable(key: str, results: Sequence[ArmResult]) -> list[list[ArmResult]]:
    """Return groups of arms in which a condition should be the same."""
    groups: dict[Any, list[ArmResult]] = {}
    for result in results:
        if key == "precision":
            group: Any = result.runs[0].precision_asked
        elif key in ("cuda", "cudnn", "pytorch", "tensorflow"):
            group = result.spec.framework
        else:
            group = None
        groups.setdefault(group, []).append(result)
    return [
        group for group in groups.values() if any(key in of_record(run.record) for one in group for run in one.runs)
    ]
