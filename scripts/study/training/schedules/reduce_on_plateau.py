"""The rule of Keras' ReduceLROnPlateau without cooldown."""

from dataclasses import replace

from study.recipe.schedules.reduce_on_plateau import ReduceOnPlateau
from study.training.rate_state import RateState


def after_epoch(
    schedule: ReduceOnPlateau, state: RateState, epoch: int, epochs: int, accuracy: float | None
) -> RateState:
    """Return the state after epoch ``epoch`` of ``epochs``, counted from 1, with this monitored accuracy.

    The rate falls as soon as ``patience`` consecutive epochs bring no improvement of more than ``min_delta``.
    """
    if accuracy is None:
        return state
    if state.best is None or accuracy > state.best + schedule.min_delta:
        return replace(state, best=accuracy, waited=0)
    waited = state.waited + 1
    if waited < schedule.patience or state.rate <= schedule.minimum:
        return replace(state, waited=waited)
    return replace(state, rate=max(state.rate * schedule.factor, schedule.minimum), waited=0)
