"""The findings of an audit, and the files that contain them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from study.store.files import write_text

TABLES = ("comparisons", "intervals", "bridges", "controls", "cohort", "teams", "curves")


@dataclass(frozen=True)
class Audit:
    """Verdicts and quantities as plain JSON values, and tables; accuracies are fractions."""

    claims: list[dict[str, Any]]
    """``id``, ``verdict``, ``reason``, ``evidence`` and ``claim`` of each claim."""
    quantities: list[dict[str, Any]]
    """``id``, ``basis``, ``answer``, ``missing`` and ``claim`` of each accuracy and kind of evidence."""
    comparisons: pd.DataFrame
    """Two rows per pair of arms: for all runs, and without collapsed ones."""
    intervals: pd.DataFrame
    """Two rows an arm, likewise."""
    bridges: pd.DataFrame
    """The effects of every bridge: two rows each, of all runs and without collapsed ones."""
    controls: pd.DataFrame
    """What each control gave, and what it had to."""
    cohort: pd.DataFrame
    """One row per accuracy that is ranked among the other teams'."""
    teams: pd.DataFrame
    """Test accuracy of every other team, by section."""
    curves: pd.DataFrame
    """What the authors' own runs printed: one row per section and epoch."""


def write_audit(folder: Path, audit: Audit) -> None:
    """Write claims.json, quantities.json and a .csv per table."""
    for name, listed in (("claims", audit.claims), ("quantities", audit.quantities)):
        text = json.dumps(listed, indent=2, ensure_ascii=False, allow_nan=False)
        write_text(folder / f"{name}.json", text + "\n")
    for name in TABLES:
        write_text(folder / f"{name}.csv", getattr(audit, name).to_csv(index=False, lineterminator="\n"))


def read_audit(file: Callable[[str], Path]) -> Audit:
    """Read what ``write_audit`` wrote; ``file`` returns the path of each file by name."""
    listed = [json.loads(file(f"{n}.json").read_text(encoding="utf-8")) for n in ("claims", "quantities")]
    tables = [pd.read_csv(file(f"{name}.csv"), dtype={"section": str}) for name in TABLES]
    return Audit(*listed, *tables)
