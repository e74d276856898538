import pytest

from study.training.course import Course, advance
from study.training.rate_state import RateState
from support.tiny import run_spec

# Monitored accuracies of a real run with this schedule, and the rates that Keras' ReduceLROnPlateau gave it.
ACCURACIES = [0.4393, 0.5246, 0.3927, 0.5654, 0.5830, 0.5377, 0.5679, 0.4875, 0.6763, 0.6658]
RATES = [5e-5] * 8 + [1e-5, 1e-5]


def rates(schedule: dict[str, object], start: float, accuracies: list[float]) -> list[float]:
    """The rate of each epoch."""
    optimiser = {"name": "adam", "learning_rate": start}
    spec = run_spec("pytorch", optimiser=optimiser, schedule=schedule, monitor="test")
    course, found = Course(RateState(start)), []
    for epoch, accuracy in enumerate(accuracies, start=1):
        found.append(course.rate)
        course = advance(spec, course, epoch, accuracy)
    return found


def test_the_rate_falls_where_keras_lowered_it() -> None:
    schedule = {"name": "reduce_on_plateau", "factor": 0.2, "patience": 3, "minimum": 1e-5}
    assert rates(schedule, 5e-5, ACCURACIES) == pytest.approx(RATES)


def test_the_rate_stops_at_its_minimum() -> None:
    schedule = {"name": "reduce_on_plateau", "factor": 0.1, "patience": 1, "minimum": 1e-3}
    assert rates(schedule, 0.05, [0.5] * 5) == pytest.approx([0.05, 0.05, 0.005, 1e-3, 1e-3])


def test_a_gain_below_min_delta_is_no_improvement() -> None:
    schedule = {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1, "min_delta": 0.01}
    assert rates(schedule, 1.0, [0.50, 0.505, 0.53]) == [1.0, 1.0, 0.5]


def test_a_gain_of_just_min_delta_is_no_improvement() -> None:
    """Numbers that are exact in binary."""
    schedule = {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1, "min_delta": 0.25}
    assert rates(schedule, 1.0, [0.25, 0.5, 0.5]) == [1.0, 1.0, 0.5]


def test_the_wait_begins_anew_after_the_rate_fell() -> None:
    schedule = {"name": "reduce_on_plateau", "factor": 0.5, "patience": 2}
    assert rates(schedule, 1.0, [0.5] * 6) == [1.0, 1.0, 1.0, 0.5, 0.5, 0.25]


def test_a_constant_rate_stays() -> None:
    assert rates({"name": "constant"}, 0.1, [0.1, 0.1, 0.1]) == [0.1, 0.1, 0.1]


def test_the_best_epoch_is_the_first_that_reached_the_best_accuracy() -> None:
    course = Course(RateState(0.1))
    for epoch, accuracy in enumerate([0.2, 0.5, 0.4, 0.5], start=1):
        course = advance(run_spec("pytorch", monitor="test"), course, epoch, accuracy)
    assert (course.best_epoch, course.best, course.stopped) == (2, 0.5, False)


def test_an_early_stop_comes_after_its_patience() -> None:
    spec = run_spec("pytorch", monitor="test", early_stop={"patience": 2})
    course, stops = Course(RateState(0.1)), []
    for epoch, accuracy in enumerate([0.2, 0.5, 0.4, 0.6, 0.6, 0.5], start=1):
        course = advance(spec, course, epoch, accuracy)
        stops.append(course.stopped)
    assert stops == [False] * 5 + [True]
