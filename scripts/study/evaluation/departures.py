"""In what two lists of facts differ: an arm and a source, which is the gate before any verdict, or two arms."""

from collections.abc import Mapping
from typing import Any

from study.evaluation.facts import Facts
from study.evaluation.network_changes import network_changes

HANGS_ON: Mapping[str, tuple[str, ...]] = {
    "resize": ("input_size",),
    "init": ("network",),
    "bias_init": ("network",),
    "momentum": ("optimiser",),
    "momentum_form": ("optimiser", "momentum"),
    "adam_epsilon": ("optimiser",),
    "epsilon_placement": ("optimiser",),
    "decay_form": ("weight_decay",),
    "monitor": ("schedule", "early_stop", "result"),
}
"""Facts that are None on one side because another fact, one of these, differs."""
FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "train_identity": ("data", "train_images"),
    "test_identity": ("data", "test_images"),
}
"""Facts that differ wherever one of these does."""


def departures(said: Facts, here: Facts) -> list[dict[str, Any]]:
    """Every difference in what ``said`` states, as ``{"key", "document", "here"}``; for a network with its ``changes``.

    ``document`` is the value in ``said``. An empty list means that the same was done. What differs only because
    something else does is not listed beside that.
    """
    keys = [key for key, value in said.items() if here[key] != value]
    return [
        {"key": key, "document": said[key], "here": here[key], **_changes(key, said[key], here[key])}
        for key in keys
        if not _follows(key, keys, said[key], here[key])
    ]


def _follows(key: str, differing: list[str], *values: Any) -> bool:
    reasons = (*FOLLOWS.get(key, ()), *(HANGS_ON.get(key, ()) if None in values else ()))
    return any(reason in differing for reason in reasons)


def _changes(key: str, document: Any, here: Any) -> dict[str, Any]:
    return {"changes": network_changes(document, here)} if key == "network" else {}
