"""An audit, as the report shows it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from study.audit.files import Audit

Items = list[dict[str, Any]]
OF_TRAINING = {"train_accuracy_seen", "train_accuracy"}


def evidence(audit: Audit) -> dict[str, Any]:
    """Return what templates can name of an audit.

    ``confidence``: level of all intervals; ``claims``: all, in their order; ``conclusions``: those of each conclusion,
    by its number; ``identified``: the answers to what each figure is, by ``id``, each by its basis; ``misnamed``: the
    claims of a test accuracy that is one of training, by the number of the conclusion that rests on them; and the rows
    of the three tables.
    """
    numbers = dict.fromkeys(item["claim"]["conclusion"] for item in audit.claims)
    identified = _by_id(audit.quantities)
    conclusions = {n: [item for item in audit.claims if item["claim"]["conclusion"] == n] for n in numbers}
    misnamed = [item["claim"] for item in identified.values() if _is_misnamed(item)]
    return {
        "confidence": float(audit.intervals["confidence"].iloc[0]),
        "claims": audit.claims,
        "conclusions": conclusions,
        "identified": identified,
        "misnamed": {n: [c for c in misnamed if c["section"] in _sections(items)] for n, items in conclusions.items()},
        "comparisons": _rows(audit.comparisons),
        "intervals": _rows(audit.intervals),
        "cohort": _rows(audit.cohort),
    }


def statement(claim: Mapping[str, Any], language: str) -> str:
    """Return a claim's statement in a language or, if it lacks one, in another."""
    statements: dict[str, str] = claim["statement"]
    return statements.get(language) or next(iter(statements.values()), claim["id"])


def printed(claim: Mapping[str, Any]) -> tuple[float, int]:
    """Return a claimed number as a fraction, and its number of decimals in percent."""
    place = 200 * claim["tolerance"]
    return claim["value"], next(digits for digits in range(10) if place * 10**digits > 0.99)


def _by_id(quantities: Items) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for item in quantities:
        found.setdefault(item["id"], {"claim": item["claim"]})[item["basis"]] = item
    return found


def _sections(conclusion: Items) -> list[str]:
    """The sections that a conclusion compares: those of its first claim of an order or an equality."""
    claims = [item["claim"] for item in conclusion if item["claim"]["kind"] in ("relation", "equivalence")]
    return [claims[0]["higher"], claims[0]["lower"]] if claims else []


def _is_misnamed(item: Mapping[str, Any]) -> bool:
    """Whether a figure that is given as a test accuracy is one of training: by the authors' curves, or else by ours."""
    answers = [item[basis]["answer"] for basis in ("curves", "runs") if basis in item]
    named: list[str] = next((answer["ties"] for answer in answers if answer is not None), [])
    return item["claim"]["quantity"] == "test_accuracy" and bool(named) and set(named) <= OF_TRAINING


def _rows(table: pd.DataFrame) -> Items:
    """Return the rows as plain values; None for an empty cell."""
    plain = table.astype(object)
    records = plain.where(plain.notna(), None).to_dict("records")
    return [{str(name): value for name, value in record.items()} for record in records]
