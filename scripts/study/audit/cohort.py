"""How test accuracies rank among those of other teams that did the same assignment."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from study.audit.fidelity import Bench
from study.audit.quantities import document_figures
from study.config.claims import Claims, Cohort
from study.config.document import Section


@dataclass(frozen=True)
class Position:
    """The rank of a test accuracy among the other teams'; accuracies are fractions."""

    section: Section
    who: str
    """``document``, or an arm of the study."""
    accuracy: float
    teams: int
    lowest: float
    median: float
    highest: float
    below: int
    """Number of teams with a lower accuracy."""


def positions(cohort: Cohort, claims: Claims, bench: Bench) -> list[Position]:
    """Return the ranks of the document's test accuracies and our arms' means, without arms on other images."""
    found: list[Position] = []
    for claim in document_figures(claims):
        if claim.quantity == "test_accuracy":
            found += _position(cohort, claim.section, "document", claim.value)
            answer = bench.answer(claim.source, claim.section)
            if answer.arm is not None and not any(item["key"] in bench.data for item in answer.missing):
                found += _position(cohort, claim.section, answer.arm.name, float(answer.arm.correct.mean()))
    return found


def team_figures(cohort: Cohort) -> list[dict[str, object]]:
    """Return ``section``, ``team`` and ``test_accuracy`` of every figure by a team other than the document's."""
    return [
        {"section": section, "team": team, "test_accuracy": figures.test_accuracy}
        for team, sections in cohort.others.items()
        for section, figures in sections.items()
        if figures.test_accuracy is not None
    ]


def _position(cohort: Cohort, section: Section, who: str, accuracy: float) -> Iterable[Position]:
    figures = [team[section].test_accuracy for team in cohort.others.values() if section in team]
    known = np.array([figure for figure in figures if figure is not None])
    if known.size:
        low, median, high = (float(value) for value in np.quantile(known, (0, 0.5, 1)))
        yield Position(section, who, accuracy, known.size, low, median, high, int((known < accuracy).sum()))
