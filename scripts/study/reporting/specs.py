"""The settings of the jobs that draw figures and write reports."""

from typing import Annotated, Literal

from pydantic import Field

from study.config.languages import Language
from study.recipe.base import SpecModel


class ReportSpec(SpecModel):
    """The settings of a report's job."""

    language: Language
    format: Literal["html", "pdf"]
    study_name: str
    labels: dict[str, str]
    """Names of the arms in the text; an arm without one goes by its key."""
    template: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """``templates.template_digest`` of the language."""


class FiguresSpec(SpecModel):
    """The settings of the job that draws the figures."""

    language: Language
    labels: dict[str, str]
    figures: tuple[str, ...]
    """Names of all figures to draw: ``figures.names.figure_names``."""
    words: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """``phrase_files.figures_digest`` of the language."""
