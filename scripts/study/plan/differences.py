"""Differences between two sets of settings, by dotted path."""

import json
from collections.abc import Iterator
from typing import Any

NOTHING = object()
"""Stands for a missing setting."""


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Yield one line per setting that differs, such as ``optimiser.learning_rate: 0.001 -> 0.01``."""
    old, new = _by_name(old), _by_name(new)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from differences(old.get(key, NOTHING), new.get(key, NOTHING), f"{path}.{key}".lstrip("."))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from differences(one, other, f"{path}[{number}]")
    elif old != new:
        yield f"{path}: {_show(old)} -> {_show(new)}"


def _by_name(value: Any) -> Any:
    """Return a list of named items as a mapping, so that adding one does not shift the others."""
    if isinstance(value, list) and value and all(isinstance(item, dict) and "name" in item for item in value):
        return {item["name"]: item for item in value}
    return value


def _show(value: Any) -> str:
    if value is NOTHING:
        return "(not there)"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
