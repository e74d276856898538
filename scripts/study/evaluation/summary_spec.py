"""What a summary is asked to put together."""

from typing import Annotated

from pydantic import Field, model_validator

from study.spec.base import Name, NonNegativeCount, SpecModel
from study.spec.data import Checksum
from study.spec.study import Document, DocumentFigures, Section


class SummaryArm(SpecModel):
    """An arm with its runs."""

    name: Name
    section: Section | None = None
    document: DocumentFigures | None = None
    seeds: tuple[NonNegativeCount, ...] = Field(min_length=1)
    checksum: Checksum | None = None
    """Of the downloaded archive of its images; None where nothing is downloaded."""


class SummarySpec(SpecModel):
    """The settings of a summary's job."""

    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    """Level of the intervals."""
    document: Document
    arms: tuple[SummaryArm, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _runs_are_distinct(self) -> "SummarySpec":
        runs = [(arm.name, seed) for arm in self.arms for seed in arm.seeds]
        for arm, seed in runs:
            if runs.count((arm, seed)) > 1:
                raise ValueError(f"arm {arm} has seed {seed} twice; every run counts once")
        return self
