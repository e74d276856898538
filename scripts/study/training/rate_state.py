"""Where a learning rate schedule stands between two epochs, whichever it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RateState:
    """What a schedule goes on from."""

    rate: float
    """Learning rate of the next epoch."""
    best: float | None = None
    """Best monitored accuracy, as the schedule counts improvements; None if it counts none."""
    waited: int = 0
    """Epochs since then or since the rate fell."""
