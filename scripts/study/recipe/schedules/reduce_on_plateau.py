"""A learning rate that falls where nothing improves."""

from typing import ClassVar, Literal

from study.recipe.base import Count, NonNegativeNumber, PositiveShare
from study.recipe.schedule import ScheduleSettings


class ReduceOnPlateau(ScheduleSettings):
    """Lower the rate when the monitored accuracy stops improving (the rule of Keras' ReduceLROnPlateau)."""

    needs_monitor: ClassVar[bool] = True

    name: Literal["reduce_on_plateau"]
    factor: PositiveShare
    """The rate is multiplied by this."""
    patience: Count
    """Epochs without improvement before that."""
    minimum: NonNegativeNumber = 0.0
    """The rate never falls below this."""
    min_delta: NonNegativeNumber = 1e-4
    """An improvement is more than this, in accuracy as a fraction."""

    def acts_within(self, epochs: int, learning_rate: float) -> bool:
        """At the earliest, the rate of epoch ``patience`` + 2 is lower."""
        return self.patience + 2 <= epochs and learning_rate > self.minimum
