"""The course of a training: learning rate, best epoch and early stopping, as one plain state machine."""

from dataclasses import dataclass, replace
from importlib import import_module

from study.recipe.recipe import EarlyStop
from study.recipe.run import RunSpec
from study.training.rate_state import RateState


@dataclass(frozen=True)
class Course:
    """The state of a training's course between two epochs."""

    schedule: RateState
    best: float | None = None
    """Best monitored accuracy of all epochs."""
    best_epoch: int = 0
    """The first epoch that reached it; 0 before any epoch was monitored."""
    stopped: bool = False
    """Whether the training ends here, before its last epoch."""

    @property
    def rate(self) -> float:
        """Learning rate of the next epoch."""
        return self.schedule.rate


def advance(spec: RunSpec, course: Course, epoch: int, accuracy: float | None) -> Course:
    """Return the course after an epoch (from 1) with this monitored accuracy, None if nothing is monitored."""
    schedule = spec.schedule.name
    rule = import_module(f"study.training.schedules.{schedule}")
    course = replace(course, schedule=rule.after_epoch(spec.schedule, course.schedule, epoch, spec.epochs, accuracy))
    if accuracy is None:
        return course
    if course.best is None or accuracy > course.best:
        return replace(course, best=accuracy, best_epoch=epoch)
    stale = isinstance(spec.early_stop, EarlyStop) and epoch - course.best_epoch >= spec.early_stop.patience
    return replace(course, stopped=stale)
