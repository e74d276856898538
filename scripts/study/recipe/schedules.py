"""Learning rate schedules: what a user may say of each, and the rate that it gives.

A new one is a class here and a member of ``Schedule``: ``needs_monitor`` says what it depends on, and
``after_epoch`` is its rule.
"""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal, Union

from pydantic import Field

from study.recipe.base import Count, NonNegativeNumber, PositiveShare, SpecModel


@dataclass(frozen=True)
class RateState:
    """Where a schedule stands between two epochs."""

    rate: float
    """Learning rate of the next epoch."""
    best: float | None = None
    """Best monitored accuracy, as the schedule counts improvements; None if it counts none."""
    waited: int = 0
    """Epochs since then or since the rate fell."""


class ConstantRate(SpecModel):
    """The optimiser's learning rate throughout."""

    needs_monitor: ClassVar[bool] = False
    name: Literal["constant"]

    def after_epoch(self, state: RateState, epoch: int, epochs: int, accuracy: float | None) -> RateState:
        """The state after epoch ``epoch`` of ``epochs`` (from 1) with this monitored accuracy."""
        return state


class ReduceOnPlateau(SpecModel):
    """Lower the rate when the monitored accuracy stops improving (the rule of Keras' ReduceLROnPlateau)."""

    needs_monitor: ClassVar[bool] = True
    """Whether it follows the monitored split."""
    name: Literal["reduce_on_plateau"]
    factor: PositiveShare
    """The rate is multiplied by this."""
    patience: Count
    """Epochs without improvement before that."""
    minimum: NonNegativeNumber = 0.0
    """The rate never falls below this."""
    min_delta: NonNegativeNumber = 1e-4
    """An improvement is more than this, in accuracy as a fraction."""

    def after_epoch(self, state: RateState, epoch: int, epochs: int, accuracy: float | None) -> RateState:
        """Keras' rule without cooldown.

        The rate falls as soon as ``patience`` epochs in a row brought no improvement of more than ``min_delta``.
        """
        if accuracy is None:
            return state
        if state.best is None or accuracy > state.best + self.min_delta:
            return replace(state, best=accuracy, waited=0)
        waited = state.waited + 1
        if waited < self.patience or state.rate <= self.minimum:
            return replace(state, waited=waited)
        return replace(state, rate=max(state.rate * self.factor, self.minimum), waited=0)


Schedule = Annotated[Union[ConstantRate, ReduceOnPlateau], Field(discriminator="name")]
