"""What an audit finds, and the files that hold it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from study.store.artefacts import Artefact
from study.store.files import write_text


@dataclass(frozen=True)
class Audit:
    """Verdicts and quantities as plain JSON values, and three tables; accuracies are fractions."""

    claims: list[dict[str, Any]]
    """``id``, ``verdict``, ``reason``, ``evidence`` and ``claim`` of each."""
    quantities: list[dict[str, Any]]
    """``id``, ``basis``, ``answer``, ``missing`` and ``claim`` of each accuracy and kind of evidence."""
    comparisons: pd.DataFrame
    """Two rows a pair of arms: of all runs, and without collapsed ones."""
    intervals: pd.DataFrame
    """Two rows an arm, likewise."""
    cohort: pd.DataFrame
    """A row for each accuracy that has a place among the other teams'."""


def write_audit(folder: Path, audit: Audit) -> None:
    """Write claims.json, quantities.json, comparisons.csv, intervals.csv and cohort.csv."""
    for name, listed in (("claims", audit.claims), ("quantities", audit.quantities)):
        text = json.dumps(listed, indent=2, ensure_ascii=False, allow_nan=False)
        write_text(folder / f"{name}.json", text + "\n")
    tables = {"comparisons": audit.comparisons, "intervals": audit.intervals, "cohort": audit.cohort}
    for name, table in tables.items():
        write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))


def read_audit(artefact: Artefact) -> Audit:
    """Read what ``write_audit`` wrote; StudyError if a file is damaged."""
    listed = [json.loads(artefact.file(f"{n}.json").read_text(encoding="utf-8")) for n in ("claims", "quantities")]
    paths = [artefact.file(f"{name}.csv") for name in ("comparisons", "intervals", "cohort")]
    tables = [pd.read_csv(path, dtype={"section": str}) for path in paths]
    return Audit(*listed, *tables)
