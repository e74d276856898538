"""The smaller blocks of the configuration: what is trained, how it is scored, what is written."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from study.config.languages import Language
from study.config.paths import PathText
from study.recipe.base import (
    EACH_ONCE,
    Count,
    Name,
    PositiveShare,
    Seed,
    SpecModel,
    Text,
)
from study.recipe.recipe import (
    Precision,
)


class Override(SpecModel):
    """Settings that replace those of every arm; for small runs of a large study."""

    epochs: Count | None = None
    precision: Precision | None = None
    batch_size: Count | None = None


def sorted_seeds(seeds: tuple[int, ...]) -> tuple[int, ...]:
    """Return seeds in ascending order, so that no lineage or number depends on how they were written."""
    return tuple(sorted(seeds))


class StudySection(SpecModel):
    """The arms and seeds to run."""

    name: Text
    """A name for logs and the report's footer."""
    arms: Annotated[tuple[Name, ...], EACH_ONCE] = Field(min_length=1)
    """The arms that are trained and reported, keys of ``arms``, in the order of the table."""
    seeds: Annotated[tuple[Seed, ...], EACH_ONCE, AfterValidator(sorted_seeds)] = Field(min_length=1)
    """Each arm is trained once per seed; their order has no meaning."""


class Evaluation(SpecModel):
    """How predictions are scored."""

    calibration_bins: Count = 15
    """Number of equal-width bins for the expected calibration error."""
    confidence: Annotated[PositiveShare, Field(gt=0.5)] = 0.95
    """Level of the intervals."""
    equivalence_margin: PositiveShare = 0.01
    """Two arms are called equivalent if their test accuracies differ by less than this, as a fraction."""
    value_resolution: PositiveShare = 0.05
    """A figure is called compatible only by a prediction interval that reaches no further than this to either side."""


class ReportSection(SpecModel):
    """The reports to write."""

    languages: Annotated[tuple[Language, ...], Field(min_length=1), EACH_ONCE] = ("es",)
    formats: Annotated[tuple[Literal["html", "pdf"], ...], Field(min_length=1), EACH_ONCE] = ("html", "pdf")


class Interpreters(SpecModel):
    """A Python per framework, where they cannot share one environment."""

    pytorch: PathText | None = None
    tensorflow: PathText | None = None
