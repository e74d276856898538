"""What all learning rate schedules have in common; each is a file of ``schedules``, by its name.

Its rule has the same name in ``training/schedules``.
"""

from typing import ClassVar

from study.recipe.base import SpecModel


class ScheduleSettings(SpecModel):
    """A rule for the learning rate, which begins with that of the optimiser."""

    needs_monitor: ClassVar[bool] = False
    """Whether it follows the monitored split."""

    name: str

    def acts_within(self, epochs: int, learning_rate: float) -> bool:
        """Whether it can change the rate of one of so many epochs; if not, it is the same as a constant rate."""
        return True
