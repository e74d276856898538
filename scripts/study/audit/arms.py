"""The arms of a study as evidence: accuracies and epochs of all runs, and which test images they classify right."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.audit.intervals import Floats
from study.config.claims import Quantity
from study.errors import StudyError

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AuditArm:
    """An arm's runs, ordered by seed in all its parts."""

    name: str
    section: str | None
    facts: Mapping[str, Any]
    """What the runs did: ``evaluation.departures.arm_facts``."""
    settings: Mapping[str, Any]
    """The settings of a run, apart from the seed."""
    runs: pd.DataFrame
    """One row per run, as in ``evaluation.tables.run_row``; the index is the seed."""
    epochs: pd.DataFrame
    """A row per run and epoch, in the order of seeds."""
    chance: float
    """The share of images that predictions as frequent as these, but independent of the labels, would get right."""
    correct: Bools
    """Whether each test image was classified correctly, [runs, images], in the order of the runs."""

    @property
    def seeds(self) -> list[int]:
        """The seeds, in the order of the runs."""
        return [int(seed) for seed in self.runs.index]

    @property
    def collapsed(self) -> int:
        """Number of runs whose predictions are no better than chance."""
        return int(self.runs["collapsed"].sum())

    def values(self, quantity: Quantity, epoch: int | None = None) -> Floats | None:
        """Return one fraction per run, float64 [runs]; None unless it was measured in all of them."""
        if "monitor" in quantity and self.settings["monitor"] != "test":
            return None
        found = self.runs[quantity] if epoch is None else self._after(quantity, epoch)
        values = found.to_numpy(dtype=np.float64)
        return values if len(values) == len(self.runs) and np.isfinite(values).all() else None

    def _after(self, quantity: Quantity, epoch: int) -> "pd.Series[Any]":
        after = self.epochs[self.epochs["epoch"] == epoch].set_index("seed")
        column: pd.Series[Any] = after[quantity.removesuffix("_seen")].reindex(self.runs.index)
        return column

    def with_seeds(self, seeds: Collection[int]) -> "AuditArm":
        """Return the arm as if only these seeds had been run, in ascending order, however everything is ordered."""
        kept = sorted(set(self.seeds) & set(seeds))
        places = [self.seeds.index(seed) for seed in kept]
        epochs = self.epochs[self.epochs["seed"].isin(kept)]
        return replace(self, runs=self.runs.loc[kept], epochs=epochs, correct=self.correct[places])

    def learned(self) -> "AuditArm":
        """Return the arm without its collapsed runs."""
        return self.with_seeds(self.runs.index[~self.runs["collapsed"].astype(bool)].tolist())


def audit_arms(
    summary: Mapping[str, Any], epochs: pd.DataFrame, correct: Mapping[tuple[str, int], Bools]
) -> list[AuditArm]:
    """All that was trained, the study's arms first, their runs by seed; ``correct`` is [images] by arm and seed.

    Raises StudyError if ``correct`` lacks a run of the summary, or the other way round.
    """
    arms = [*summary["arms"], *summary.get("experiments", [])]
    wanted = {(arm["name"], run["seed"]) for arm in arms for run in arm["runs"]}
    if wanted != correct.keys():
        name, seed = min(wanted ^ correct.keys())
        raise StudyError(
            f"arm {name}, seed {seed}: is in only one of the summary and the predictions; run the snakemake command "
            "again"
        )
    return [_audit_arm(arm, epochs, correct) for arm in arms]


def _audit_arm(arm: Mapping[str, Any], epochs: pd.DataFrame, correct: Mapping[tuple[str, int], Bools]) -> AuditArm:
    runs = pd.DataFrame(arm["runs"]).set_index("seed").sort_index()
    return AuditArm(
        name=arm["name"],
        section=arm["section"],
        facts=arm["facts"],
        settings=arm["spec"],
        runs=runs,
        epochs=epochs[epochs["arm"] == arm["name"]],
        chance=_chance(np.array(arm["confusion"], dtype=np.float64)),
        correct=np.stack([correct[arm["name"], int(seed)] for seed in runs.index]),
    )


def _chance(confusion: Floats) -> float:
    """See ``evaluation.metrics.at_chance``; rows are true classes, columns predicted ones."""
    return float(confusion.sum(axis=1) @ confusion.sum(axis=0) / confusion.sum() ** 2)
