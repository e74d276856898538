"""Bridges and controls as planned: which arm has which place."""

from typing import Literal

from study.config.bridges import BridgeSetting
from study.config.document import Section
from study.config.languages import Language
from study.recipe.base import Name, SpecModel, Text

ControlKind = Literal["again", "other_seeds", "shuffled_labels", "other_precision", "starting_epoch"]


class StepSpec(SpecModel):
    """A step of a bridge, with its arm at either end."""

    name: Name
    settings: tuple[BridgeSetting, ...]
    label: dict[Language, Text] | None = None
    from_start: Name
    """The arm that is the start with only this step applied."""
    from_end: Name
    """The arm that is the end with only this step undone."""


class BridgeSpec(SpecModel):
    """Two arms and the arms between them."""

    name: Name
    start: Name
    end: Name
    label: dict[Language, Text] | None = None
    steps: tuple[StepSpec, ...]
    covers: bool
    """Whether the steps together cover every difference between the two arms."""

    @property
    def arms(self) -> tuple[str, ...]:
        """All arms of the bridge, each once."""
        between = (arm for step in self.steps for arm in (step.from_start, step.from_end))
        return tuple(dict.fromkeys((self.start, self.end, *between)))


class ControlSpec(SpecModel):
    """An arm and the control that is compared with it."""

    kind: ControlKind
    arm: Name
    section: Section | None = None
    """Whose authors' curves it is compared with, if with any."""
    control: Name
    """The name of the control's runs."""
