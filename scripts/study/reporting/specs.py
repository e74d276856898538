"""The settings of the jobs that draw figures and write reports."""

from typing import Annotated, Literal

from pydantic import Field

from study.config.bridges import BridgeSetting
from study.config.languages import Language
from study.plan.experiment_specs import BridgeSpec
from study.recipe.base import Name, SpecModel


class StepNames(SpecModel):
    """The name of a step of a bridge in one language."""

    name: Name
    settings: tuple[BridgeSetting, ...]
    label: str | None = None
    """As configured; without it, the step goes by the phrase of its only setting, or by its name."""


class BridgeNames(SpecModel):
    """The names of a bridge and its steps in one language."""

    name: Name
    start: Name
    end: Name
    covers: bool
    """Whether the steps together cover every difference between the two arms."""
    label: str | None = None
    steps: tuple[StepNames, ...]


def bridge_names(bridge: BridgeSpec, language: Language) -> BridgeNames:
    """Return what figures and reports in a language need to know about a bridge."""
    return BridgeNames(
        name=bridge.name,
        start=bridge.start,
        end=bridge.end,
        covers=bridge.covers,
        label=(bridge.label or {}).get(language),
        steps=tuple(
            StepNames(name=step.name, settings=step.settings, label=(step.label or {}).get(language))
            for step in bridge.steps
        ),
    )


class ReportSpec(SpecModel):
    """The settings of a report's job."""

    language: Language
    format: Literal["html", "pdf"]
    study_name: str
    labels: dict[str, str]
    """Names of the arms in the text; an arm without one goes by its key."""
    bridges: tuple[BridgeNames, ...] = ()
    template: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """``templates.template_digest`` of the language."""


class FiguresSpec(SpecModel):
    """The settings of the job that draws the figures."""

    language: Language
    labels: dict[str, str]
    bridges: tuple[BridgeNames, ...] = ()
    figures: tuple[str, ...]
    """Names of all figures to draw: ``figures.names.figure_names``."""
    words: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """``phrase_files.figures_digest`` of the language."""
