"""What has changed since the last report: settings, verdicts, and numbers beyond noise."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy import stats
from statsmodels.stats.multitest import multipletests

from study.config.languages import Language
from study.errors import StudyError
from study.plan.differences import differences
from study.reporting.audit import statement
from study.reporting.convert import convert
from study.reporting.history import Snapshot
from study.reporting.rendering import render

Statistics = Mapping[str, Any]
"""``n``, ``mean`` and ``sd`` over seeds."""


@dataclass(frozen=True)
class Moved:
    """A number that has changed; accuracies are fractions."""

    arm: str
    quantity: str
    before: Statistics
    now: Statistics
    p: float | None
    """From Welch's test for equal means, adjusted by Holm for all numbers on the page; None without spread."""


@dataclass(frozen=True)
class Changes:
    """Everything that differs between two studies."""

    added: list[str]
    """Arms that are new."""
    removed: list[str]
    settings: dict[str, list[str]]
    """By arm, a sentence per setting that differs."""
    verdicts: list[dict[str, Any]]
    """``id``, ``statement``, ``before`` and ``now`` of each claim whose verdict has changed."""
    moved: list[Moved]

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.settings, self.verdicts, self.moved))


def compare_studies(before: Snapshot, now: Snapshot) -> Changes:
    """Return what differs between two studies."""
    old, new = before["arms"], now["arms"]
    common = [arm for arm in new if arm in old]
    found = {
        arm: [
            *differences(old[arm]["settings"], new[arm]["settings"]),
            *differences({"seeds": old[arm]["seeds"]}, {"seeds": new[arm]["seeds"]}),
        ]
        for arm in common
    }
    return Changes(
        added=[arm for arm in new if arm not in old],
        removed=[arm for arm in old if arm not in new],
        settings={arm: sentences for arm, sentences in found.items() if sentences},
        verdicts=[
            {"id": name, "statement": item["statement"], "before": was["verdict"], "now": item["verdict"]}
            for name, item in now["verdicts"].items()
            if (was := before["verdicts"].get(name)) and was["verdict"] != item["verdict"]
        ],
        moved=_moved(old, new, common),
    )


def _moved(old: Mapping[str, Any], new: Mapping[str, Any], arms: list[str]) -> list[Moved]:
    pairs = [
        (arm, quantity, old[arm]["numbers"][quantity], statistics)
        for arm in arms
        for quantity, statistics in new[arm]["numbers"].items()
        if statistics != old[arm]["numbers"][quantity]
    ]
    ps = [_welch(was, statistics) for *_, was, statistics in pairs]
    known = [p for p in ps if p is not None]
    adjusted = iter(multipletests(known, method="holm")[1] if known else ())
    return [Moved(*pair, None if p is None else float(next(adjusted))) for pair, p in zip(pairs, ps, strict=True)]


def _welch(one: Statistics, other: Statistics) -> float | None:
    if not (one["sd"] and other["sd"]):
        return None
    found = stats.ttest_ind_from_stats(
        one["mean"], one["sd"], one["n"], other["mean"], other["sd"], other["n"], equal_var=False
    )
    return float(found.pvalue)


def write_changes(
    output: Path,
    language: Language,
    labels: Mapping[str, str],
    confidence: float,
    before: Snapshot | None,
    now: Snapshot,
) -> None:
    """Write the page as one self-contained HTML file."""
    context = {
        "before": before,
        "now": now,
        "changes": compare_studies(before, now) if before else None,
        "labels": {arm: labels.get(arm, arm) for study in (before, now) if study for arm in study["arms"]},
        "level": 1 - confidence,
        "said": lambda item: statement(item, language),
    }
    with tempfile.TemporaryDirectory() as folder:
        text = render("changes", context, language)
        try:
            convert(text, Path(folder), language, "html5", output)
        except RuntimeError as error:
            raise StudyError(f"the page of changes could not be made: {error}") from error
