"""How many seeds would decide, compared with a search over SciPy's own intervals one seed at a time."""

import numpy as np
import pytest
from scipy import stats

from study.audit.intervals import CrossedMean
from study.audit.seeds import MOST, SeedsNeeded, seeds_for_mean, seeds_for_run

IMAGES = 2000


def deviations(deviation: float, seeds: int, confidence: float) -> tuple[float, float]:
    """The limits of a normal deviation: the sum of squares is chi-squared times its square."""
    squares = (seeds - 1) * deviation**2
    low, high = stats.chi2(seeds - 1).interval(confidence)
    return float(np.sqrt(squares / high)), float(np.sqrt(squares / low))


def half_width(level: float, seeds: int, error: float) -> float:
    return float(stats.t.interval(level, seeds - 1, loc=0.0, scale=error)[1])


REACHES = np.geomspace(0.004, 0.3, 25)


@pytest.mark.parametrize("seeds", [2, 3, 5])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.995])
def test_seeds_for_one_more_run_are_the_fewest_whose_prediction_interval_is_narrow_enough(
    seeds: int, level: float
) -> None:
    values = np.random.default_rng(seeds).normal(0.6, 0.01, seeds)
    limits = deviations(float(values.std(ddof=1)), seeds, 0.95)
    answers = set()
    for reach in REACHES:

        def first(deviation: float, reach: float = reach) -> int | None:
            numbers = range(seeds + 1, MOST + 1)
            return next((n for n in numbers if half_width(level, n, deviation * np.sqrt(1 + 1 / n)) <= reach), None)

        never = float(stats.norm.interval(level, scale=limits[0])[1]) >= reach
        expected = SeedsNeeded(None, None, True) if never else SeedsNeeded(*map(first, limits), False)
        assert seeds_for_run(values, reach, level, 0.95) == expected
        answers.add(expected)
    assert len(answers) > 5


@pytest.mark.parametrize("seeds", [2, 3, 5])
@pytest.mark.parametrize("image_error", [0.0, 0.002])
def test_seeds_for_a_mean_are_the_fewest_whose_interval_is_narrow_enough(seeds: int, image_error: float) -> None:
    found = CrossedMean(0.01, 0.01 / np.sqrt(seeds), image_error, seeds, IMAGES)
    limits = deviations(0.01, seeds, 0.95)
    by_image = half_width(0.95, IMAGES, image_error) if image_error else 0.0
    answers = set()
    for reach in REACHES:

        def first(deviation: float, reach: float = reach) -> int | None:
            numbers = range(seeds + 1, MOST + 1)
            wide = (n for n in numbers if np.hypot(half_width(0.95, n, deviation / np.sqrt(n)), by_image) < reach)
            return next(wide, None)

        never = by_image >= reach
        expected = SeedsNeeded(None, None, True) if never else SeedsNeeded(*map(first, limits), False)
        assert seeds_for_mean(found, reach, 0.95, 0.95) == expected
        answers.add(expected)
    assert len(answers) > 5
