"""How two lists of facts differ: those of an arm and a source, which is the gate before any verdict, or of two arms."""

from collections.abc import Mapping
from typing import Any

from study.evaluation.facts import Facts
from study.evaluation.network_changes import network_changes
from study.recipe.choices import SCHEDULES, optimiser_keys
from study.recipe.recipe import EarlyStop

HANGS_ON: Mapping[str, tuple[str, ...]] = {
    "resize": ("input_size",),
    "init": ("network",),
    "bias_init": ("network",),
    "decay_form": ("weight_decay",),
    **{key: ("optimiser", *needed) for key, needed in optimiser_keys().items()},
    "monitor": ("schedule", "early_stop", "result"),
}
"""Facts that are None on one side because another fact, one of these, differs."""
FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "train_identity": ("data", "train_images"),
    "test_identity": ("data", "test_images"),
}
"""Facts that differ whenever one of these does."""


def departures(said: Facts, here: Facts) -> list[dict[str, Any]]:
    """Return every difference from ``said`` as ``{"key", "document", "here"}``; for a network with its ``changes``.

    ``document`` is the value in ``said``. An empty list means that the same was done. A difference that only follows
    from another one is not listed.
    """
    keys = [key for key, value in said.items() if here.get(key) != value]
    return [
        {"key": key, "document": said[key], "here": here.get(key), **_changes(key, said[key], here.get(key))}
        for key in keys
        if not _follows(key, keys, said[key], here.get(key)) and not _is_for_the_longer(key, said, here)
    ]


def _is_for_the_longer(key: str, said: Facts, here: Facts) -> bool:
    """Return whether a rule differs only because the shorter of two trainings has no epoch in which it could act.

    There its canonical form is none, however it was written: the trainings differ in their epochs.
    """
    if key not in ("schedule", "early_stop") or said.get("epochs") == here.get("epochs"):
        return False
    shorter, longer = sorted((said, here), key=lambda facts: int(facts["epochs"]))
    if key == "schedule" and shorter[key] == {"name": "constant"}:
        rule = SCHEDULES[longer[key]["name"]].model_validate(longer[key])
        return not rule.acts_within(shorter["epochs"], longer["learning_rate"])
    if key == "early_stop" and shorter[key] == "never":
        return not EarlyStop.model_validate(longer[key]).acts_within(shorter["epochs"])
    return False


def _follows(key: str, differing: list[str], *values: Any) -> bool:
    reasons = (*FOLLOWS.get(key, ()), *(HANGS_ON.get(key, ()) if None in values else ()))
    return any(reason in differing for reason in reasons)


def _changes(key: str, document: Any, here: Any) -> dict[str, Any]:
    return {"changes": network_changes(document, here)} if key == "network" else {}
