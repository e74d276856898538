"""The study's tables: a row a run, a row an arm and quantity, a row an epoch."""

from collections.abc import Sequence
from statistics import mean, stdev
from typing import Any

import pandas as pd

from study.evaluation.results import ArmResult, RunResult

QUANTITIES = (
    "test_accuracy",
    "train_accuracy",
    "train_accuracy_seen",
    "best_monitor_accuracy",
    "log_loss",
    "calibration_error",
    "seconds",
    "epochs",
)
"""Columns of the table of runs that arms are summarised by; log loss and calibration error are the test set's."""


def run_row(run: RunResult) -> dict[str, Any]:
    """One run; ``train_accuracy`` is in inference mode, ``train_accuracy_seen`` what the last epoch saw in passing."""
    monitored = run.history["monitor_accuracy"]
    record, test = run.record, run.metrics["test"]
    return {
        "arm": run.arm,
        "seed": run.seed,
        "lineage": run.lineage,
        "test_accuracy": test["accuracy"],
        "train_accuracy": run.metrics["train"]["accuracy"],
        "train_accuracy_seen": float(run.history["train_accuracy"].iloc[-1]),
        "best_monitor_accuracy": float(monitored.max()) if monitored.notna().any() else None,
        "log_loss": test["log_loss"],
        "calibration_error": test["calibration_error"],
        "seconds": record["seconds"],
        "epochs": record["epochs_trained"],
        "collapsed": record["collapsed"],
        "device": record["device"]["name"],
        "precision": record["precision"],
        "threads": record["threads"],
        "framework_version": record["framework_version"],
    }


def runs_table(results: Sequence[ArmResult]) -> pd.DataFrame:
    """All runs, by arm in the study's order and by seed."""
    return pd.DataFrame([run_row(run) for result in results for run in result.runs])


def statistics(result: ArmResult) -> dict[str, dict[str, Any]]:
    """Of each quantity that was measured: n, mean, sample standard deviation (None for one run) and range."""
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
    """The document's figure for a quantity; its training accuracies are those that frameworks print while training."""
    figures = result.arm.document
    if figures is None:
        return None
    return {"test_accuracy": figures.test_accuracy, "train_accuracy_seen": figures.train_accuracy}.get(quantity)


def arms_table(results: Sequence[ArmResult]) -> pd.DataFrame:
    """All arms' statistics, a row a quantity."""
    return pd.DataFrame(
        [
            {"arm": result.arm.name, "quantity": quantity, **values}
            for result in results
            for quantity, values in statistics(result).items()
        ]
    )


def epochs_table(results: Sequence[ArmResult]) -> pd.DataFrame:
    """The histories of all runs."""
    histories = []
    for result in results:
        for run in result.runs:
            history = run.history.copy()
            history.insert(0, "arm", run.arm)
            history.insert(1, "seed", run.seed)
            histories.append(history)
    return pd.concat(histories, ignore_index=True)
