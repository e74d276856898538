"""Learning-rate schedules as one plain state machine for both frameworks."""

from dataclasses import dataclass, replace

from study.spec.training import ReduceOnPlateau, Schedule


@dataclass(frozen=True)
class RateState:
    """Where a schedule stands between two epochs."""

    rate: float
    """Learning rate of the next epoch."""
    best: float | None = None
    """Best monitored accuracy so far."""
    waited: int = 0
    """Epochs since then."""


def advance(schedule: Schedule, state: RateState, accuracy: float | None) -> RateState:
    """The state after an epoch with this monitored accuracy.

    ``reduce_on_plateau`` follows Keras' ReduceLROnPlateau without cooldown: the rate falls as soon as ``patience``
    epochs in a row brought no improvement of more than ``min_delta``.
    """
    if not isinstance(schedule, ReduceOnPlateau) or accuracy is None:
        return state
    if state.best is None or accuracy > state.best + schedule.min_delta:
        return replace(state, best=accuracy, waited=0)
    waited = state.waited + 1
    if waited < schedule.patience or state.rate <= schedule.minimum:
        return replace(state, waited=waited)
    return replace(state, rate=max(state.rate * schedule.factor, schedule.minimum), waited=0)
