"""A constant learning rate."""

from typing import Literal

from study.recipe.schedule import ScheduleSettings


class ConstantRate(ScheduleSettings):
    """The optimiser's learning rate throughout."""

    name: Literal["constant"]
