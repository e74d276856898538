"""What all optimisers have in common; each is a file of ``optimisers``, by its name."""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from study.recipe.base import NonNegativeNumber, PositiveNumber, SpecModel

Owner = Literal["pytorch", "keras"]
"""Whose values fill what is left out."""

DecayForm = Literal["coupled", "decoupled"]

DECAY: Mapping[Owner, Mapping[str, object]] = {
    "pytorch": {"weight_decay": 0.0, "decay_form": "coupled"},
    "keras": {"weight_decay": 0.0, "decay_form": "decoupled"},
}
"""Weight decay as both libraries have it where nothing is said."""


class OptimiserSettings(SpecModel):
    """An optimiser with weight decay on all trainable parameters; keys left out are filled as the arm's ``defaults``.

    Beside its model, an optimiser's file has ``moves``, its formula: see ``parity.oracle``.
    """

    gaps: ClassVar[Mapping[Owner, Mapping[str, object]]] = {}
    """What each library has for the optimiser's own keys that may be left out."""
    needs: ClassVar[Mapping[str, str]] = {"decay_form": "weight_decay"}
    """Keys that change nothing, and are left out, where another one is 0."""

    name: str
    learning_rate: PositiveNumber
    weight_decay: NonNegativeNumber | None = None
    """Strength; 0 in both frameworks."""
    decay_form: DecayForm | None = None
    """``coupled``: added to the gradient; ``decoupled``: rate times strength off the parameter (Loshchilov 2019)."""

    @property
    def settable(self) -> list[str]:
        """Names of the keys that ``defaults`` fills."""
        return [name for name, field in type(self).model_fields.items() if field.default is None]

    @property
    def is_native(self) -> bool:
        """Whether all that could be set is left to the framework."""
        return all(getattr(self, name) is None for name in self.settable)

    @property
    def plain(self) -> Self:
        """The same with all that could be set left to the framework."""
        return self.model_copy(update=dict.fromkeys(self.settable))

    def filled(self, owner: Owner) -> Self:
        """With each key that changes its formula given, by its owner's value where it was left out, and no other."""
        values = {**DECAY[owner], **type(self).gaps.get(owner, {})}
        changes = {key: value for key, value in values.items() if getattr(self, key) is None}
        found = self.model_copy(update=changes)
        idle = [key for key, other in type(self).needs.items() if not getattr(found, other)]
        return found.model_copy(update=dict.fromkeys(idle))
