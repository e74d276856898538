"""What all learning rate schedules have in common; each is a file in ``schedules``, named after it.

Its rule is the file of the same name in ``training/schedules``.
"""

from typing import ClassVar

from study.recipe.base import SpecModel


class ScheduleSettings(SpecModel):
    """A rule for the learning rate, which starts at that of the optimiser."""

    needs_monitor: ClassVar[bool] = False
    """Whether the rule uses the monitored split."""

    name: str

    def acts_within(self, epochs: int, learning_rate: float) -> bool:
        """Return whether it can change the rate within so many epochs; if not, it equals a constant rate."""
        return True
