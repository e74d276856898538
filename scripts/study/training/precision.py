"""Which arithmetic a run uses where its settings leave that to the machine, and what helps where it overflows."""

from collections.abc import Callable, Mapping
from typing import Any

from study.recipe.recipe import Precision
from study.recipe.run import RunSpec


def settle(spec: RunSpec, manifest: Mapping[str, Any], fastest: Callable[[], Precision]) -> RunSpec:
    """The run with ``precision: auto`` replaced: by that of the features it takes, or by the machine's fastest."""
    if spec.precision != "auto":
        return spec
    return spec.model_copy(update={"precision": manifest.get("precision") or fastest()})
