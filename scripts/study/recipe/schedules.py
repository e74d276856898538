"""Learning rate schedules: what a user may say of each. Its rule is in ``training/schedules``, by its name."""

from typing import Annotated, ClassVar, Literal, Union

from pydantic import Field

from study.recipe.base import Count, NonNegativeNumber, PositiveShare, SpecModel


class ConstantRate(SpecModel):
    """The optimiser's learning rate throughout."""

    needs_monitor: ClassVar[bool] = False
    name: Literal["constant"]


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

    def acts_within(self, epochs: int, learning_rate: float) -> bool:
        """Whether it can lower the rate of one of so many epochs: at the earliest that of epoch ``patience`` + 2."""
        return self.patience + 2 <= epochs and learning_rate > self.minimum


Schedule = Annotated[Union[ConstantRate, ReduceOnPlateau], Field(discriminator="name")]
