import pytest

from study.spec.training import ConstantRate, ReduceOnPlateau
from study.training.schedule import RateState, advance

# Monitored accuracies of a real run with this schedule, and the rates that Keras' ReduceLROnPlateau gave it.
ACCURACIES = [0.4393, 0.5246, 0.3927, 0.5654, 0.5830, 0.5377, 0.5679, 0.4875, 0.6763, 0.6658]
RATES = [5e-5] * 8 + [1e-5, 1e-5]


def rates(schedule: ReduceOnPlateau | ConstantRate, start: float, accuracies: list[float]) -> list[float]:
    """The rate of each epoch."""
    state, found = RateState(start), []
    for accuracy in accuracies:
        found.append(state.rate)
        state = advance(schedule, state, accuracy)
    return found


def test_the_rate_falls_where_keras_lowered_it() -> None:
    schedule = ReduceOnPlateau(name="reduce_on_plateau", factor=0.2, patience=3, minimum=1e-5)
    assert rates(schedule, 5e-5, ACCURACIES) == pytest.approx(RATES)


def test_the_rate_stops_at_its_minimum() -> None:
    schedule = ReduceOnPlateau(name="reduce_on_plateau", factor=0.1, patience=1, minimum=1e-3)
    assert rates(schedule, 0.05, [0.5] * 5) == pytest.approx([0.05, 0.05, 0.005, 1e-3, 1e-3])


def test_a_gain_below_min_delta_is_no_improvement() -> None:
    schedule = ReduceOnPlateau(name="reduce_on_plateau", factor=0.5, patience=1, min_delta=0.01)
    assert rates(schedule, 1.0, [0.50, 0.505, 0.53]) == [1.0, 1.0, 0.5]


def test_a_constant_rate_stays() -> None:
    assert rates(ConstantRate(name="constant"), 0.1, [0.1, 0.1, 0.1]) == [0.1, 0.1, 0.1]
