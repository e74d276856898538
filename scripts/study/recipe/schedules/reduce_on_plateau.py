"""A learning rate that falls when nothing improves."""

from typing import ClassVar, Literal

from study.recipe.base import Count, NonNegativeNumber, PositiveShare
from study.recipe.schedule import ScheduleSettings


class ReduceOnPlateau(ScheduleSettings):
    """Lower the rate when the monitored accuracy stops improving (the rule of Keras' ReduceLROnPlateau)."""

    needs_monitor: ClassVar[bool] = True

    name: Literal["reduce_on_plateau"]
    factor: PositiveShare
    """What the rate is multiplied by."""
    patience: Count
    """Epochs without improvement before that."""
    minimum: NonNegativeNumber = 0.0
    """The rate never falls below this."""
    min_delta: NonNegativeNumber = 1e-4
    """Only a gain above this counts as an improvement, in accuracy as a fraction."""

    def acts_within(self, epochs: int, learning_rate: float) -> bool:
        """Return whether the rate can fall, which it first does for epoch ``patience`` + 2."""
        return self.patience + 2 <= epochs and learning_rate > self.minimum
