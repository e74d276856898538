"""The arms of a study as evidence: all runs' accuracies, epochs, and each test image right or wrong."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.audit.intervals import Floats
from study.spec.claims import Quantity

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AuditArm:
    """An arm's runs, by seed in all its parts."""

    name: str
    section: str | None
    facts: Mapping[str, Any]
    """What the runs did: ``evaluation.departures.arm_facts``."""
    settings: Mapping[str, Any]
    """Of a run, but for the seed."""
    runs: pd.DataFrame
    """A row per run, as in ``evaluation.tables.run_row``; the index is the seed."""
    epochs: pd.DataFrame
    """A row per run and epoch, in the order of seeds."""
    correct: Bools
    """Whether each test image was classified rightly, [runs, images]."""

    @property
    def seeds(self) -> list[int]:
        """In the order of the runs."""
        return [int(seed) for seed in self.runs.index]

    @property
    def collapsed(self) -> int:
        """Runs whose training loss ended at that of guessing."""
        return int(self.runs["collapsed"].sum())

    def values(self, quantity: Quantity, epoch: int | None = None) -> Floats | None:
        """One fraction per run, float64 [runs]; None where it was not measured in all of them."""
        if "monitor" in quantity and self.settings["monitor"] != "test":
            return None
        found = self.runs[quantity] if epoch is None else self._after(quantity, epoch)
        values = found.to_numpy(dtype=np.float64)
        return values if len(values) == len(self.runs) and np.isfinite(values).all() else None

    def _after(self, quantity: Quantity, epoch: int) -> "pd.Series[Any]":
        column: pd.Series[Any] = self.epochs.loc[self.epochs["epoch"] == epoch, quantity.removesuffix("_seen")]
        return column

    def with_seeds(self, seeds: Collection[int]) -> "AuditArm":
        """The arm as if only these seeds had been run."""
        kept = self.runs.index.isin(list(seeds))
        epochs = self.epochs[self.epochs["seed"].isin(list(seeds))]
        return replace(self, runs=self.runs[kept], epochs=epochs, correct=self.correct[kept])

    def learned(self) -> "AuditArm":
        """The arm without its collapsed runs."""
        return self.with_seeds(self.runs.index[~self.runs["collapsed"].astype(bool)].tolist())


def audit_arms(summary: Mapping[str, Any], epochs: pd.DataFrame, correct: Sequence[Bools]) -> list[AuditArm]:
    """The arms of a summary; ``correct`` is [images] of each run, in the summary's order of arms and seeds."""
    remaining = iter(correct)
    return [
        AuditArm(
            name=arm["name"],
            section=arm["section"],
            facts=arm["facts"],
            settings=arm["spec"],
            runs=pd.DataFrame(arm["runs"]).set_index("seed"),
            epochs=epochs[epochs["arm"] == arm["name"]],
            correct=np.stack([next(remaining) for _ in arm["runs"]]),
        )
        for arm in summary["arms"]
    ]
