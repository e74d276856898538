"""An arm of the configuration: one way of training, and its name in the report."""

from typing import Literal

from pydantic import model_validator

from study.config.document import DocumentFigures, Section
from study.config.languages import Language
from study.recipe.base import (
    Name,
    Text,
)
from study.recipe.recipe import (
    BiasInit,
    DefaultValues,
    Init,
    Recipe,
    Weights,
)


class Arm(Recipe[Name, Weights, Init | None, BiasInit | None]):
    """One way of training; ``network`` is a key of ``networks``."""

    weights: Weights = "none"
    """``none``: random values; ``{file: KEY}``: a file under ``weights``; ``{arm: KEY}``: what another arm learned."""
    init: Init | None = None
    """Initial weights, uniform: within 1/sqrt(inputs), or within sqrt(6/(inputs + outputs)) (Glorot & Bengio 2010)."""
    bias_init: BiasInit | None = None
    """Initial biases: uniform within 1/sqrt(inputs of the layer), or 0."""
    label: dict[Language, Text] | None = None
    """Name in the report, per language; the arm's key if left out."""
    section: Section | None = None
    """The section of the document that this arm reproduces."""
    document: DocumentFigures | None = None
    dataset: Name
    """A key of ``datasets``."""
    defaults: DefaultValues = "native"
    """Whose defaults fill ``init``, ``bias_init`` and the optimiser's keys if left out; ``native``: its framework's."""
    features: Literal["cache", "live"] = "cache"
    """Whether a frozen part at the beginning is computed once for all epochs, seeds and heads, or in every epoch."""

    @model_validator(mode="after")
    def _monitor_exists(self) -> "Arm":
        if self.monitor == "validation" and not self.validation_fraction:
            raise ValueError("monitor: validation needs images that are set aside: give a validation_fraction above 0")
        if self.schedule.needs_monitor and self.monitor == "none":
            raise ValueError(
                f"schedule {self.schedule.name} needs something to follow: set monitor to test or validation"
            )
        if self.monitor == "none" and (self.early_stop != "never" or self.result == "best"):
            raise ValueError("early_stop and result: best need something to follow: set monitor to test or validation")
        return self
