"""Optimisers: what a user may say of each, and what decides its formula.

A new one is a class here, a member of ``Optimiser``, and a line in each backend's ``optimisers.py``.
"""

from typing import Annotated, Literal, Union

from pydantic import Field

from study.recipe.base import NonNegativeNumber, PositiveNumber, Proportion, SpecModel

EpsilonPlacement = Literal["after_correction", "before_correction"]


MomentumForm = Literal["rate_outside", "rate_inside"]


DecayForm = Literal["coupled", "decoupled"]


class Decay(SpecModel):
    """Weight decay of an optimiser, on all trainable parameters; keys left out are filled as the arm's ``defaults``."""

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


class Adam(Decay):
    """Kingma & Ba, "Adam: a method for stochastic optimization", 2015, with its betas 0.9 and 0.999."""

    name: Literal["adam"]
    learning_rate: PositiveNumber
    adam_epsilon: PositiveNumber | None = None
    """What keeps the denominator from 0: 1e-8 in PyTorch, 1e-7 in Keras."""
    epsilon_placement: EpsilonPlacement | None = None
    """Epsilon joins the root ``after_correction`` of its bias (Algorithm 1) or before (end of section 2, "hat")."""


class Sgd(Decay):
    """Stochastic gradient descent with momentum."""

    name: Literal["sgd"]
    learning_rate: PositiveNumber
    momentum: Proportion = 0.0
    momentum_form: MomentumForm | None = None
    """Whether the rate multiplies the velocity (``rate_outside``, PyTorch) or is summed up in it (``rate_inside``)."""


OPTIMISERS: tuple[type[Decay], ...] = (Adam, Sgd)
Optimiser = Annotated[Union[Adam, Sgd], Field(discriminator="name")]
