"""The settings of a summary."""

from pydantic import Field, model_validator

from study.config.document import Document, DocumentFigures, Protocol, Section
from study.recipe.base import Lineage, Name, Seed, SpecModel
from study.recipe.data import Checksum
from study.recipe.expectations import InputNote
from study.recipe.origins import Origin
from study.recipe.steering import Leak


class SummaryRun(SpecModel):
    """A run of an arm: its seed, and the lineages of its artefacts."""

    seed: Seed
    run: Lineage
    predictions: Lineage
    metrics: Lineage


class SummaryArm(SpecModel):
    """An arm with its runs."""

    name: Name
    section: Section | None = None
    document: DocumentFigures | None = None
    tensors: Lineage
    """Lineage of the images that it is trained and tested on."""
    runs: tuple[SummaryRun, ...] = Field(min_length=1)
    """One per seed; their order has no meaning."""
    leaks: tuple[Leak, ...] = ()
    input_notes: tuple[InputNote, ...] = ()
    """Where its images are not what its initial parameters or its first layers expect."""
    checksum: Checksum | None = None
    """Checksum of the downloaded archive of its images; None if nothing is downloaded."""
    weights_checksum: Checksum | None = None
    """Checksum of the file of its initial parameters, if they come from one."""
    source: Name | None = None
    """The arm that learned its initial parameters, if one did."""
    origin: Origin | None = None
    """What that arm does."""


class SummarySpec(SpecModel):
    """The settings of a summary's job."""

    document: Document
    protocols: dict[Section, Protocol] = {}
    """What the document did for the figures of each section."""
    arms: tuple[SummaryArm, ...] = Field(min_length=1)
    experiments: tuple[SummaryArm, ...] = ()
    """What was trained for bridges and controls, and stands in no table of the study's arms."""

    @model_validator(mode="after")
    def _runs_are_distinct(self) -> "SummarySpec":
        arms = (*self.arms, *self.experiments)
        names = [arm.name for arm in arms]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"arm {name} stands there twice; every arm counts once")
        for arm in arms:
            seeds = [run.seed for run in arm.runs]
            for seed in seeds:
                if seeds.count(seed) > 1:
                    raise ValueError(f"arm {arm.name} has seed {seed} twice; every run counts once")
        return self
