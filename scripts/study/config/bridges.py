"""Bridges, which show how much each setting contributes to a difference of two arms, and controls."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from study.config.document import Section
from study.config.languages import Language
from study.recipe.base import EACH_ONCE, Name, SpecModel, Text

BridgeSetting = Literal[
    "framework",
    "defaults",
    "dataset",
    "network",
    "input_size",
    "resize",
    "scaling",
    "weights",
    "frozen",
    "learning_rate",
    "optimiser",
    "schedule",
    "batch_size",
    "epochs",
    "early_stop",
    "result",
    "shuffle",
    "augmentation",
    "precision",
    "monitor",
    "validation_fraction",
]
"""What one arm can take from the other; ``plan.crossing.take`` says which keys of an arm each setting covers."""

REST: Literal["rest"] = "rest"
MOST_STEPS = 12
"""One step more would make 26 arms or more."""


class Step(SpecModel):
    """Settings that change together."""

    settings: Annotated[tuple[BridgeSetting, ...], Field(min_length=1), EACH_ONCE] | Literal["rest"]
    """``rest``: every setting in which the arms differ and that no other step names."""
    label: dict[Language, Text] | None = None
    """Name in the report, per language; by default that of its only setting, or else the step's key."""


class Bridge(SpecModel):
    """Two arms, and the steps from one to the other.

    Each step is applied alone to the start and undone alone at the end. With at most three steps, this trains all
    combinations.
    """

    start: Name
    """A key of ``arms``."""
    end: Name
    settings: Annotated[tuple[BridgeSetting, ...], Field(min_length=1, max_length=MOST_STEPS), EACH_ONCE] | None = None
    """One step for each of these; without this and ``steps``, one for each setting in which the arms differ."""
    steps: Annotated[dict[Name, Step], Field(min_length=1, max_length=MOST_STEPS)] | None = None
    label: dict[Language, Text] | None = None
    """Title in the report, per language; by default made from the names of both arms."""

    @model_validator(mode="after")
    def _fits(self) -> "Bridge":
        if self.start == self.end:
            raise ValueError(f"start, end: both are '{self.start}'; a bridge needs two arms")
        if self.settings is not None and self.steps is not None:
            raise ValueError("settings, steps: give one of them, or neither for every setting that differs")
        steps = self.steps or {}
        named = [setting for step in steps.values() if step.settings != REST for setting in step.settings]
        twice = next((setting for setting in named if named.count(setting) > 1), None)
        if twice is not None:
            raise ValueError(f"steps: '{twice}' is taken in two steps; name it in one")
        if sum(step.settings == REST for step in steps.values()) > 1:
            raise ValueError("steps: two are 'rest'; there is only one rest")
        return self


class OtherSeeds(SpecModel):
    """Arms to train again with other seeds."""

    arms: Annotated[tuple[Name, ...], Field(min_length=1), EACH_ONCE]
    first_seed: Annotated[int, Field(ge=0, le=2**31)] = 1000
    """The first of as many consecutive seeds as the study has."""


class StartingEpoch(SpecModel):
    """A longer training, to find after which of its epochs the authors' first could come."""

    arm: Name
    epochs: Annotated[int, Field(ge=2, le=10_000)] = 20
    section: Section = "1.1"
    """The document's section whose authors' curves are compared."""


class Controls(SpecModel):
    """Trainings with a known outcome, or that show how much chance alone does."""

    again: Annotated[tuple[Name, ...], EACH_ONCE] = ()
    """Arms whose first seed is trained twice: bit-identical on a CPU; on a GPU they differ by its own spread."""
    other_seeds: OtherSeeds | None = None
    """The same arms with seeds that no other run has, which shows what chance alone does."""
    shuffled_labels: Annotated[tuple[Name, ...], EACH_ONCE] = ()
    """Arms trained on shuffled labels, which must end at chance."""
    other_precision: Annotated[tuple[Name, ...], EACH_ONCE] = ()
    """Arms trained in 16 bits where they are in float32 (``auto``), and in float32 where they are not."""
    starting_epoch: StartingEpoch | None = None
    """Tests whether the authors' run started from fresh parameters."""
