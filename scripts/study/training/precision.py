"""Which arithmetic a run uses if its settings leave that to the machine."""

from collections.abc import Callable, Mapping
from typing import Any

from study.recipe.recipe import Precision
from study.recipe.run import RunSpec


def settle(spec: RunSpec, manifest: Mapping[str, Any], fastest: Callable[[], Precision]) -> RunSpec:
    """Return the run with ``precision: auto`` replaced by that of the features it uses, or by the machine's fastest."""
    if spec.precision != "auto":
        return spec
    return spec.model_copy(update={"precision": manifest.get("precision") or fastest()})
