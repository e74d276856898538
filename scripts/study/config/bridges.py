"""Bridges: two arms, and the settings whose share in their difference is asked for."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

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
"""What one arm can take from the other; which of its keys that is: ``plan.crossing.take``."""

REST: Literal["rest"] = "rest"
MOST_STEPS = 12
"""More would be 26 arms and more."""


class Step(SpecModel):
    """Settings that are taken together, as one change."""

    settings: Annotated[tuple[BridgeSetting, ...], Field(min_length=1), EACH_ONCE] | Literal["rest"]
    """``rest``: all in which the arms differ and which no other step names."""
    label: dict[Language, Text] | None = None
    """Name in the report, per language; that of the setting, or the step's key, if left out."""


class Bridge(SpecModel):
    """Two arms, and the steps from one to the other.

    Each step is taken alone from the start, and alone back from the end. With up to three steps, these are all
    combinations.
    """

    start: Name
    """A key of ``arms``."""
    end: Name
    settings: Annotated[tuple[BridgeSetting, ...], Field(min_length=1, max_length=MOST_STEPS), EACH_ONCE] | None = None
    """A step for each of these; with neither this nor ``steps``, for each setting in which the arms differ."""
    steps: Annotated[dict[Name, Step], Field(min_length=1, max_length=MOST_STEPS)] | None = None
    label: dict[Language, Text] | None = None
    """Title in the report, per language; made of the names of both arms if left out."""

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
    """Arms that are trained once more with other seeds."""

    arms: Annotated[tuple[Name, ...], Field(min_length=1), EACH_ONCE]
    first_seed: Annotated[int, Field(ge=0, le=2**31)] = 1000
    """As many seeds as the study has, from this one on."""


class StartingEpoch(SpecModel):
    """A longer training, of which any later epoch could have been the authors' first."""

    arm: Name
    epochs: Annotated[int, Field(ge=2, le=10_000)] = 20


class Controls(SpecModel):
    """What has to come out in a known way, or tells how much chance alone does."""

    again: Annotated[tuple[Name, ...], EACH_ONCE] = ()
    """Arms whose first seed is trained twice: equal to the bit on a CPU, and on a GPU apart by its own spread."""
    other_seeds: OtherSeeds | None = None
    """What chance alone does: the same arms with seeds that no other run has."""
    shuffled_labels: Annotated[tuple[Name, ...], EACH_ONCE] = ()
    """Arms trained on labels in a random order, which must end at chance."""
    other_precision: Annotated[tuple[Name, ...], EACH_ONCE] = ()
    """Arms trained in 16 bits where they are in float32 (``auto``), and in float32 where they are not."""
    starting_epoch: StartingEpoch | None = None
    """Was the authors' PyTorch run from scratch a fresh one?"""
