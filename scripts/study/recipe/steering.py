"""What of a training follows the split that is monitored, and what it means where that is the test set."""

from typing import Literal

from study.recipe.base import Name, SpecModel
from study.recipe.run import RunSpec

Steering = Literal["schedule", "early_stop", "result"]
"""What can follow the monitored split: the learning rate, the end of the training, or the epoch that is reported."""


class Leak(SpecModel):
    """A training that an arm's test images have steered."""

    arm: Name
    """Whose training it was."""
    by: tuple[Steering, ...]
    inherited: bool
    """Whether it was another arm's, whose parameters this one starts from."""


def steering(run: RunSpec) -> tuple[Steering, ...]:
    """What of a run follows the monitored split, whichever that is."""
    follows: dict[Steering, bool] = {
        "schedule": run.schedule.needs_monitor,
        "early_stop": run.early_stop != "never",
        "result": run.result == "best",
    }
    return tuple(name for name, does in follows.items() if does and run.monitor != "none")
