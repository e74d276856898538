"""What all optimisers have in common; each is a file in ``optimisers``, named after it."""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from study.recipe.base import NonNegativeNumber, PositiveNumber, SpecModel

Owner = Literal["pytorch", "keras"]
"""Whose values fill the keys that are left out."""

DecayForm = Literal["coupled", "decoupled"]

DECAY: Mapping[Owner, Mapping[str, object]] = {
    "pytorch": {"weight_decay": 0.0, "decay_form": "coupled"},
    "keras": {"weight_decay": 0.0, "decay_form": "decoupled"},
}
"""Both libraries' defaults for weight decay."""


class OptimiserSettings(SpecModel):
    """An optimiser with weight decay on all trainable parameters; the arm's ``defaults`` fill keys that are left out.

    An optimiser's file holds its model and ``moves``, its formula: see ``parity.oracle``.
    """

    gaps: ClassVar[Mapping[Owner, Mapping[str, object]]] = {}
    """Each library's values for those of the optimiser's own keys that may be left out."""
    needs: ClassVar[Mapping[str, str]] = {"decay_form": "weight_decay"}
    """Keys that have no effect, and are left out, where another key is 0: that other key, by key."""

    name: str
    learning_rate: PositiveNumber
    weight_decay: NonNegativeNumber | None = None
    """Strength; 0 in both frameworks."""
    decay_form: DecayForm | None = None
    """``coupled``: added to the gradient; ``decoupled``: parameters shrink by rate times strength (Loshchilov 2019)."""

    @property
    def settable(self) -> list[str]:
        """Names of the keys that ``defaults`` can fill."""
        return [name for name, field in type(self).model_fields.items() if field.default is None]

    @property
    def is_native(self) -> bool:
        """Whether all of these keys are left to the framework."""
        return all(getattr(self, name) is None for name in self.settable)

    @property
    def plain(self) -> Self:
        """The same optimiser with all of these keys left to the framework."""
        return self.model_copy(update=dict.fromkeys(self.settable))

    def filled(self, owner: Owner) -> Self:
        """Return the optimiser with just the keys that affect its formula; its owner's values fill those left out."""
        values = {**DECAY[owner], **type(self).gaps.get(owner, {})}
        changes = {key: value for key, value in values.items() if getattr(self, key) is None}
        found = self.model_copy(update=changes)
        idle = [key for key, other in type(self).needs.items() if not getattr(found, other)]
        return found.model_copy(update=dict.fromkeys(idle))
