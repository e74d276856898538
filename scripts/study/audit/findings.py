"""The outcome of judging one claim: a verdict, a reason, and the numbers behind them."""

from dataclasses import dataclass, field
from typing import Any, Literal

Word = Literal["supported", "contradicted", "undecided", "compatible", "incompatible", "inconclusive", "not_testable"]
"""The first three are for orders, causes and equivalences, the next three for figures."""
Reason = Literal[
    "arm_not_run",
    "departures",
    "not_measured",
    "other_images",
    "other_settings_differ",
    "no_spread",
    "collapsed_runs",
    "wide_interval",
    "inside_interval",
    "outside_interval",
    "interval_holds_zero",
    "many_comparisons",
    "direction",
    "equivalent",
    "beyond_margin",
    "not_shown",
    "cannot_be_shown",
    "order_not_shown",
    "above_half",
    "below_half",
    "around_half",
    "parity_failed",
]


@dataclass(frozen=True)
class Finding:
    """The outcome for one claim."""

    verdict: Word
    reason: Reason
    evidence: dict[str, Any] = field(default_factory=dict)
    """Plain JSON values."""
