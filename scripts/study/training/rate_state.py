"""The state of a learning rate schedule between two epochs, whichever schedule it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RateState:
    """What a schedule resumes from."""

    rate: float
    """Learning rate of the next epoch."""
    best: float | None = None
    """Best monitored accuracy, as the schedule counts improvements; None if it has counted none."""
    waited: int = 0
    """Epochs since then or since the rate fell."""
