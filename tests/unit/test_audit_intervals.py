import numpy as np
import pytest
from scipy import stats

from performance.coverage import coverage
from study.audit.comparisons import holm
from study.audit.intervals import (
    crossed_mean,
    equivalence_p,
    equivalence_power,
    mean_interval,
    prediction_interval,
)
from study.audit.seeds import MOST, seeds_for_difference, seeds_for_value

ROUNDING = 1e-12
"""Sums of a few float64 fractions."""
VALUES = np.array([0.61, 0.63, 0.64])


def test_the_interval_over_seeds_is_students() -> None:
    expected = stats.ttest_1samp(VALUES, 0.5).confidence_interval(0.95)
    assert mean_interval(VALUES, 0.95) == pytest.approx((expected.low, expected.high), abs=ROUNDING)


def test_one_more_run_falls_into_its_prediction_interval_at_the_stated_rate() -> None:
    generator = np.random.default_rng(0)
    runs = generator.normal(0.6, 0.01, (4000, 4))
    hits = 0
    for *seen, new in runs:
        interval = prediction_interval(np.array(seen), 0.9)
        assert interval is not None
        hits += interval.low <= new <= interval.high
    assert hits / 4000 == pytest.approx(0.9, abs=0.02)  # four standard errors of a share of 4000


def test_without_two_values_that_differ_there_is_no_interval() -> None:
    for values in (np.array([0.6]), np.array([0.6, 0.6])):
        assert mean_interval(values, 0.95) is None
        assert prediction_interval(values, 0.95) is None
    assert crossed_mean(np.ones((1, 50))) is None
    assert crossed_mean(np.ones((3, 50))) is None


def test_the_crossed_variance_is_right_on_average() -> None:
    """Of normal effects, the variance of the mean is known."""
    generator = np.random.default_rng(1)
    seeds, images, deviations = 4, 50, (0.3, 1.0, 0.8)
    found = []
    for _ in range(1000):
        by_seed, by_image, rest = (
            deviation * generator.normal(size=shape)
            for deviation, shape in zip(deviations, ((seeds, 1), (1, images), (seeds, images)), strict=True)
        )
        crossed = crossed_mean(by_seed + by_image + rest)
        assert crossed is not None
        found.append(crossed.standard_error**2)
    true = deviations[0] ** 2 / seeds + deviations[1] ** 2 / images + deviations[2] ** 2 / (seeds * images)
    assert np.mean(found) == pytest.approx(true, rel=0.1)  # its relative standard error is 0.02


@pytest.mark.parametrize(("seeds", "points"), [(3, 1.5), (5, 4.0)])
def test_intervals_hold_the_truth_about_as_often_as_they_say(seeds: int, points: float) -> None:
    shares = coverage(seeds, points, studies=400, images=1000)
    assert shares.min() > 0.91  # three standard errors of 0.011 below 0.945
    assert shares.max() < 0.99


def test_a_difference_within_the_margin_is_told_from_one_beyond_it() -> None:
    differences = np.array([-0.001, 0.002, -0.001, -0.001, 0.001])
    assert equivalence_p(differences, 0.01) < 0.05
    assert equivalence_p(differences + 0.02, 0.01) > 0.95


def test_the_power_of_an_equality_is_that_of_simulated_studies() -> None:
    differences = np.random.default_rng(2).normal(0, 1, 8)
    deviation = differences.std(ddof=1)
    generator, shown = np.random.default_rng(3), 0
    for _ in range(500):
        shown += equivalence_p(generator.normal(0, deviation, 8), 1.0) < 0.05
    assert equivalence_power(differences, 1.0, 0.95) == pytest.approx(shown / 500, abs=0.07)  # three standard errors


def test_p_values_are_adjusted_as_holm_says() -> None:
    found = holm({("a", "b"): 0.01, ("a", "c"): 0.04, ("b", "c"): 0.03})
    assert list(found.values()) == pytest.approx([0.03, 0.06, 0.06], abs=ROUNDING)
    assert holm({}) == {}


def test_the_seeds_that_are_missing_are_a_range_with_a_cap() -> None:
    low, high = seeds_for_difference([VALUES, VALUES], 3, 0.02, 0.95) or (None, None)
    assert low is not None
    assert high is not None
    assert 3 < low < high < MOST
    assert seeds_for_difference([VALUES], 3, 1e-5, 0.95) == (None, None)
    assert seeds_for_value([VALUES], 3, 0.5, 0.95) == (4, 4)
    assert seeds_for_value([np.array([0.6])], 1, 0.05, 0.95) is None
