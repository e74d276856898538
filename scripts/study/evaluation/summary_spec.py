"""What a summary is asked to put together."""

from pydantic import Field, model_validator

from study.spec.base import Name, NonNegativeCount, SpecModel
from study.spec.data import Checksum
from study.spec.document import Document, DocumentFigures, Protocol, Section
from study.spec.origins import Origin


class SummaryArm(SpecModel):
    """An arm with its runs."""

    name: Name
    section: Section | None = None
    document: DocumentFigures | None = None
    seeds: tuple[NonNegativeCount, ...] = Field(min_length=1)
    checksum: Checksum | None = None
    """Of the downloaded archive of its images; None where nothing is downloaded."""
    weights_checksum: Checksum | None = None
    """Of the file of its initial parameters, where they come from one."""
    origin: Origin | None = None
    """Where its initial parameters come from, if another arm learned them."""


class SummarySpec(SpecModel):
    """The settings of a summary's job."""

    document: Document
    protocols: dict[Section, Protocol] = {}
    """What the document did for the figures of each section."""
    arms: tuple[SummaryArm, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _runs_are_distinct(self) -> "SummarySpec":
        runs = [(arm.name, seed) for arm in self.arms for seed in arm.seeds]
        for arm, seed in runs:
            if runs.count((arm, seed)) > 1:
                raise ValueError(f"arm {arm} has seed {seed} twice; every run counts once")
        return self
