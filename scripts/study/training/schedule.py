"""The course of a training: learning rate, best epoch and early stop, as one plain state machine."""

from dataclasses import dataclass, replace

from study.recipe.run import EarlyStop, ReduceOnPlateau, RunSpec


@dataclass(frozen=True)
class Course:
    """Where a training stands between two epochs."""

    rate: float
    """Learning rate of the next epoch."""
    plateau_best: float | None = None
    """Best monitored accuracy, as the rate schedule counts improvements."""
    plateau_waited: int = 0
    """Epochs since then or since the rate fell."""
    best: float | None = None
    """Best monitored accuracy of all epochs."""
    best_epoch: int = 0
    """The first epoch that reached it; 0 before any was monitored."""
    stopped: bool = False
    """Whether the training ends here, before its last epoch."""


def advance(spec: RunSpec, course: Course, epoch: int, accuracy: float | None) -> Course:
    """The course after an epoch (from 1) with this monitored accuracy, None where nothing is monitored."""
    if accuracy is None:
        return course
    course = _rate(spec, course, accuracy)
    if course.best is None or accuracy > course.best:
        return replace(course, best=accuracy, best_epoch=epoch)
    stale = isinstance(spec.early_stop, EarlyStop) and epoch - course.best_epoch >= spec.early_stop.patience
    return replace(course, stopped=stale)


def _rate(spec: RunSpec, course: Course, accuracy: float) -> Course:
    """Keras' rule of ReduceLROnPlateau without cooldown.

    The rate falls as soon as ``patience`` epochs in a row brought no improvement of more than ``min_delta``.
    """
    schedule = spec.schedule
    if not isinstance(schedule, ReduceOnPlateau):
        return course
    if course.plateau_best is None or accuracy > course.plateau_best + schedule.min_delta:
        return replace(course, plateau_best=accuracy, plateau_waited=0)
    waited = course.plateau_waited + 1
    if waited < schedule.patience or course.rate <= schedule.minimum:
        return replace(course, plateau_waited=waited)
    return replace(course, rate=max(course.rate * schedule.factor, schedule.minimum), plateau_waited=0)
