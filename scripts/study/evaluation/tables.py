"""The study's tables: one row per run, per arm and quantity, and per epoch."""

import math
from collections.abc import Sequence
from statistics import mean, stdev
from typing import Any

import pandas as pd

from study.evaluation.results import ArmResult, RunResult

QUANTITIES = (
    "test_accuracy",
    "train_accuracy",
    "validation_accuracy",
    "train_accuracy_seen",
    "best_monitor_accuracy",
    "log_loss",
    "calibration_error",
    "seconds",
    "seconds_shared",
    "seconds_alone",
    "epochs",
    "reported_epoch",
)
"""Columns of the table of runs by which arms are summarised; log loss and calibration error are for the test set."""
GAP = 0.05
"""Smallest drop in accuracy between training and inference that is reported; less surprises nobody."""


def run_row(run: RunResult) -> dict[str, Any]:
    """Return one run, as it is with the parameters of its reported epoch.

    ``train_accuracy``, ``validation_accuracy`` and ``test_accuracy`` are in inference mode, on the images trained on,
    those set aside (None if none were) and the test images; ``train_accuracy_seen`` was measured during the reported
    epoch. ``collapsed``: the predictions are no better than chance, both on images trained on and on test images.
    ``seconds`` is the training; if its features were computed once, ``seconds_shared`` adds its share of the pass
    through the frozen part among the runs that used them, and ``seconds_alone`` all of it.
    """
    monitored = run.history["monitor_accuracy"]
    record, test = run.record, run.metrics["test"]
    aside = run.metrics.get("validation")
    features = record["features"]["seconds"] if record["features"] else None
    return {
        "arm": run.arm,
        "seed": run.seed,
        "lineage": run.lineage,
        "test_accuracy": test["accuracy"],
        "train_accuracy": run.metrics["train"]["accuracy"],
        "validation_accuracy": aside["accuracy"] if aside else None,
        "train_accuracy_seen": accuracy_seen(run),
        "best_monitor_accuracy": float(monitored.max()) if monitored.notna().any() else None,
        "log_loss": test["log_loss"],
        "calibration_error": test["calibration_error"],
        "seconds": record["seconds"],
        "features_seconds": features,
        "seconds_shared": record["seconds"] + (features or 0.0) / run.features_takers,
        "seconds_alone": record["seconds"] + (features or 0.0),
        "epochs": record["epochs_trained"],
        "reported_epoch": record["reported_epoch"],
        "ended": record["ended"],
        "collapsed": bool(run.metrics["train"]["at_chance"] and test["at_chance"]),
        "device": record["device"]["name"],
        "precision": record["precision"],
        "threads": record["threads"],
        "framework_version": record["framework_version"],
    }


def accuracy_seen(run: RunResult) -> float:
    """Return the training accuracy seen in the reported epoch: parameters changing, dropout on, batch norm by batch."""
    return float(run.history.set_index("epoch")["train_accuracy"][run.record["reported_epoch"]])


def inference_gap(run: RunResult) -> dict[str, Any] | None:
    """Return ``seed``, ``seen``, ``measured`` and ``cause`` if training accuracy fell in inference mode; else None.

    It fell if it was higher during the epoch than afterwards, on the same images, by more than ``GAP`` and 4 standard
    errors of the difference of two shares. Dropout, and learning in the course of the epoch, work the other way, so the
    cause is ``batch_norm`` if such a layer learns: its averages lag behind what the batches had; or else ``unknown``.
    With shuffled labels the two are counted by different labels, and the gap means nothing.
    """
    if run.spec.labels == "shuffled":
        return None
    seen, measured = accuracy_seen(run), float(run.metrics["train"]["accuracy"])
    error = math.sqrt((seen * (1 - seen) + measured * (1 - measured)) / run.metrics["train"]["images"])
    if seen - measured <= max(GAP, 4 * error):
        return None
    normed = any("BatchNorm" in layer["type"] and layer["trainable"] for layer in run.record["layers"])
    return {"seed": run.seed, "seen": seen, "measured": measured, "cause": "batch_norm" if normed else "unknown"}


def runs_table(results: Sequence[ArmResult]) -> pd.DataFrame:
    """Return all runs, by arm in the study's order and by seed."""
    return pd.DataFrame([run_row(run) for result in results for run in result.runs])


def statistics(result: ArmResult) -> dict[str, dict[str, Any]]:
    """Return n, mean, sample standard deviation (None for one run) and range of each quantity that was measured."""
    rows = [run_row(run) for run in result.runs]
    found = {}
    for quantity in QUANTITIES:
        values = [row[quantity] for row in rows if row[quantity] is not None]
        if values:
            found[quantity] = {
                "n": len(values),
                "mean": mean(values),
                "sd": stdev(values) if len(values) > 1 else None,
                "minimum": min(values),
                "maximum": max(values),
                "document": document_figure(result, quantity),
            }
    return found


def document_figure(result: ArmResult, quantity: str) -> float | None:
    """Return the document's figure for a quantity; its training accuracies are those printed while training."""
    figures = result.arm.document
    if figures is None:
        return None
    return {"test_accuracy": figures.test_accuracy, "train_accuracy_seen": figures.train_accuracy}.get(quantity)


def arms_table(results: Sequence[ArmResult]) -> pd.DataFrame:
    """Return the statistics of all arms, one row per quantity."""
    return pd.DataFrame(
        [
            {"arm": result.arm.name, "quantity": quantity, **values}
            for result in results
            for quantity, values in statistics(result).items()
        ]
    )


def epochs_table(results: Sequence[ArmResult]) -> pd.DataFrame:
    """Return the histories of all runs."""
    histories = []
    for result in results:
        for run in result.runs:
            history = run.history.copy()
            history.insert(0, "arm", run.arm)
            history.insert(1, "seed", run.seed)
            histories.append(history)
    return pd.concat(histories, ignore_index=True)
