"""Which quantity a printed accuracy is, among all those that a training gives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from scipy import stats

from study.audit.fidelity import Bench
from study.audit.intervals import Floats, varies
from study.config.claims import Claims, Quantity, ValueClaim
from study.config.document import Curves

CANDIDATES: tuple[Quantity, ...] = ("train_accuracy_seen", "train_accuracy", "test_accuracy", "best_monitor_accuracy")
NONE = "none"
ODDS = 20.0
"""A quantity is named if it explains the number this many times better than any other."""
EDGE = 1e-9
"""Printed decimals are not exact in binary: a number on the edge of a band counts as inside."""


class Distribution(Protocol):
    """Where a number from one run may fall."""

    def between(self, low: float, high: float) -> float:
        """Return the probability between two fractions."""


@dataclass(frozen=True)
class Printed:
    """The run itself, whose number is known."""

    value: float

    def between(self, low: float, high: float) -> float:
        """Return 1 if it is between them."""
        return float(low - EDGE <= self.value <= high + EDGE)


@dataclass(frozen=True)
class NextRun:
    """One more run of a recipe with several runs: Student's t (see ``intervals.prediction_interval``)."""

    values: Floats
    """float64 [runs], which vary."""

    def between(self, low: float, high: float) -> float:
        """Return it from the distribution's cumulative function."""
        runs = len(self.values)
        scale = self.values.std(ddof=1) * np.sqrt(1 + 1 / runs)
        ends = stats.t.cdf((np.array([low, high]) - self.values.mean()) / scale, runs - 1)
        return float(ends[1] - ends[0])


@dataclass(frozen=True)
class Anything:
    """Any accuracy, all equally likely."""

    def between(self, low: float, high: float) -> float:
        """Return the width."""
        return high - low


@dataclass(frozen=True)
class NamedQuantity:
    """What a number is, or may be."""

    name: str | None
    """A quantity, or ``none`` of them; None if nothing is ``ODDS`` times likelier than all others."""
    ties: list[str]
    """All within ``ODDS`` of the likeliest, likeliest first; only the name if there is one."""
    likelihoods: dict[str, float]


def name_quantity(value: float, tolerance: float, candidates: Mapping[str, Distribution]) -> NamedQuantity:
    """Name the quantity behind a printed fraction; ``tolerance`` is half of its last place.

    The number may have been rounded (the band of ``tolerance`` on both sides) or truncated (twice as much above it),
    with equal probability. Candidates are compared by the probability that they give to these bands (Kass & Raftery
    1995, "Bayes factors", whose scale calls 20 : 1 strong); one of them is that it is none of these but any number.
    """
    bands = ((value - tolerance, value + tolerance), (value, value + 2 * tolerance))
    weighed = {**candidates, NONE: Anything()}
    likelihoods = {
        name: sum(distribution.between(*band) for band in bands) / len(bands) for name, distribution in weighed.items()
    }
    ranked = sorted(likelihoods, key=lambda name: -likelihoods[name])
    best = likelihoods[ranked[0]]
    ties = [name for name in ranked if likelihoods[name] * ODDS > best]
    return NamedQuantity(ties[0] if len(ties) == 1 else None, ties, likelihoods)


def from_curves(curves: Curves) -> dict[str, Distribution]:
    """Return the candidates from the very run that printed these curves."""
    tested = [accuracy for accuracy in curves.test_accuracy if accuracy is not None]
    found: dict[str, Distribution] = {"train_accuracy_seen": Printed(curves.train_accuracy[-1])}
    if curves.test_accuracy[-1] is not None:
        found["test_accuracy"] = Printed(curves.test_accuracy[-1])
    if len(tested) > 1:
        found["best_monitor_accuracy"] = Printed(max(tested))
    return found


def from_runs(values: Mapping[str, Floats | None]) -> dict[str, Distribution]:
    """Return the candidates from one more run of the same recipe, without quantities that do not vary over the runs."""
    return {name: NextRun(found) for name, found in values.items() if found is not None and varies(found)}


@dataclass(frozen=True)
class Identified:
    """A number of the document with what it may be, from one kind of evidence."""

    claim: ValueClaim
    basis: Literal["curves", "runs"]
    """What the authors' own run printed, or our runs of the same recipe without collapsed ones."""
    answer: NamedQuantity | None
    """None if there is nothing to compare with."""
    missing: list[dict[str, Any]]
    """What keeps our runs from answering."""


def identify(claims: Claims, bench: Bench) -> list[Identified]:
    """Identify each accuracy in the document from the authors' curves, and from our runs."""
    return [found for claim in document_figures(claims) for found in _identify(claim, claims, bench)]


def document_figures(claims: Claims) -> list[ValueClaim]:
    """Return the accuracies of whole runs in the document."""
    values = [claim for claim in claims.claims if isinstance(claim, ValueClaim)]
    return [claim for claim in values if claim.source == "document" and claim.epoch is None]


def _identify(claim: ValueClaim, claims: Claims, bench: Bench) -> Iterable[Identified]:
    if claim.section in claims.curves:
        candidates = from_curves(claims.curves[claim.section])
        yield Identified(claim, "curves", name_quantity(claim.value, claim.tolerance, candidates), [])
    answer = bench.answer(claim.source, claim.section)
    if answer.arm is None or answer.missing:
        yield Identified(claim, "runs", None, answer.missing)
        return
    learned = answer.arm.learned()
    candidates = from_runs({name: learned.values(name) for name in CANDIDATES})
    named = name_quantity(claim.value, claim.tolerance, candidates) if candidates else None
    yield Identified(claim, "runs", named, [])
