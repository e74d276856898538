"""Bridges and controls as they were planned: which arm stands where."""

from typing import Literal

from study.config.bridges import BridgeSetting
from study.config.languages import Language
from study.recipe.base import Name, SpecModel, Text

ControlKind = Literal["again", "other_seeds", "shuffled_labels", "other_precision", "starting_epoch"]


class StepSpec(SpecModel):
    """A step of a bridge, taken alone from either end."""

    name: Name
    settings: tuple[BridgeSetting, ...]
    label: dict[Language, Text] | None = None
    from_start: Name
    """The start with this step taken."""
    from_end: Name
    """The end with this step taken back."""


class BridgeSpec(SpecModel):
    """Two arms, and those between them."""

    name: Name
    start: Name
    end: Name
    label: dict[Language, Text] | None = None
    steps: tuple[StepSpec, ...]
    covers: bool
    """Whether the steps together are all that tells both arms apart."""

    @property
    def arms(self) -> tuple[str, ...]:
        """All arms, each once."""
        between = (arm for step in self.steps for arm in (step.from_start, step.from_end))
        return tuple(dict.fromkeys((self.start, self.end, *between)))


class ControlSpec(SpecModel):
    """An arm beside which another has to come out in a known way."""

    kind: ControlKind
    arm: Name
    control: Name
    """The name under which its runs stand."""
