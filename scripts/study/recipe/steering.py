"""What the monitored split steers in a training, and what that means if it is the test set."""

from typing import Literal

from study.recipe.base import Name, SpecModel
from study.recipe.run import RunSpec

Steering = Literal["schedule", "early_stop", "result"]
"""What the monitored split can steer: the learning rate, the end of the training, or the choice of epoch."""


class Leak(SpecModel):
    """A training that an arm's test images have steered."""

    arm: Name
    """The arm whose training it was."""
    by: tuple[Steering, ...]
    inherited: bool
    """Whether it was another arm's training, from whose parameters this one starts."""


def steering(run: RunSpec) -> tuple[Steering, ...]:
    """Return what the monitored split steers in a run, whichever split that is."""
    follows: dict[Steering, bool] = {
        "schedule": run.schedule.needs_monitor,
        "early_stop": run.early_stop != "never",
        "result": run.result == "best",
    }
    return tuple(name for name, does in follows.items() if does and run.monitor != "none")
