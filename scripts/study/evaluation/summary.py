"""The summary of a study: everything that its report is written from."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from study.evaluation.conditions import arm_conditions, confounded_pairs, mixed_conditions
from study.evaluation.departures import departures
from study.evaluation.facts import arm_facts, data_facts, protocol_facts
from study.evaluation.metrics import per_class
from study.evaluation.results import ArmResult, RunResult
from study.evaluation.summary_spec import SummarySpec
from study.evaluation.tables import inference_gap, run_row, statistics


def summarise(spec: SummarySpec, results: Sequence[ArmResult]) -> dict[str, Any]:
    """Return the summary as plain JSON values.

    ``document``; ``reduced``: whether any arm departs from it; ``mixed_conditions``: what differs though no setting
    asks for it; ``confounded``: arms whose comparison that concerns, asked for or not; ``arms``: see ``arm_summary``;
    ``experiments``: the same of what was trained for bridges and controls, which ``mixed_conditions`` leaves out: their
    settings differ on purpose.
    """
    own = results[: len(spec.arms)]
    arms, experiments = ([arm_summary(spec, result) for result in part] for part in (own, results[len(spec.arms) :]))
    return {
        "document": spec.document.model_dump(mode="json"),
        "reduced": any(arm["departures"] for arm in arms),
        "mixed_conditions": mixed_conditions(own),
        "confounded": confounded_pairs(results),
        "arms": arms,
        "experiments": experiments,
    }


def arm_summary(spec: SummarySpec, result: ArmResult) -> dict[str, Any]:
    """Return one arm: its settings, data, runs, statistics over seeds, and test results summed over seeds."""
    record = result.runs[0].record
    confusion = np.sum([run.metrics["test"]["confusion"] for run in result.runs], axis=0)
    rows = [run_row(run) for run in result.runs]
    splits = result.manifest["splits"]
    facts = arm_facts(result)
    return {
        "name": result.arm.name,
        "section": result.arm.section,
        "source": result.arm.source,
        "document": result.arm.document.model_dump(mode="json") if result.arm.document else None,
        "seeds": [run.seed for run in result.runs],
        "spec": result.spec.model_dump(mode="json", exclude={"seed"}),
        "data": {
            "source": result.manifest["source"],
            "class_names": result.manifest["class_names"],
            "train_images": splits["train"]["images"],
            "test_images": splits["test"]["images"],
            "part": result.tensors.spec["part"],
            "train_identity": splits["train"]["identity"],
            "test_identity": splits["test"]["identity"],
            "test_images_in_training": result.manifest["test_images_in_training"],
        },
        "parameters": record["parameters"],
        "layers": record["layers"],
        "runs": [{**row, **_of_record(run)} for row, run in zip(rows, result.runs, strict=True)],
        "conditions": arm_conditions(result),
        "collapsed": sum(row["collapsed"] for row in rows),
        "leaks": [leak.model_dump(mode="json") for leak in result.arm.leaks],
        "input_notes": [note.model_dump(mode="json") for note in result.arm.input_notes],
        "inference_gap": [gap for run in result.runs if (gap := inference_gap(run))],
        "statistics": statistics(result),
        "confusion": confusion.tolist(),
        "per_class": per_class(confusion),
        "calibration": calibration_over(result),
        "facts": facts,
        "departures": departures(document_facts(spec, result), facts),
    }


def _of_record(run: RunResult) -> dict[str, Any]:
    return {key: run.record[key] for key in ("leak", "steering", "git_commit")}


def calibration_over(result: ArmResult) -> list[dict[str, Any]]:
    """Return the calibration on the test set, summed over seeds; see ``metrics.calibration``."""
    bins = zip(*(run.metrics["test"]["calibration"] for run in result.runs), strict=True)
    summed = ("images", "correct", "confidence")
    return [{**rows[0], **{key: sum(row[key] for row in rows) for key in summed}} for rows in bins]


def document_facts(spec: SummarySpec, result: ArmResult) -> dict[str, Any]:
    """Return what the document did for an arm's figures: everything if it has a protocol, and otherwise its data."""
    protocol = spec.protocols.get(result.arm.section) if result.arm.section else None
    if protocol is not None:
        return protocol_facts(protocol, spec.document.data)
    return data_facts(spec.document.data)
