"""How often intervals and answers are right, over simulated studies whose truth is known."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from performance.coverage import coverage
from performance.whole_studies import false_answers
from study.audit.intervals import (
    CrossedMean,
    crossed_mean,
    prediction_interval,
)
from study.audit.seeds import MOST, seeds_for_mean


def test_one_more_run_falls_into_its_prediction_interval_at_the_stated_rate() -> None:
    generator = np.random.default_rng(0)
    runs = generator.normal(0.6, 0.01, (4000, 4))
    hits = 0
    for *seen, new in runs:
        interval = prediction_interval(np.array(seen), 0.9)
        assert interval is not None
        hits += interval.low <= new <= interval.high
    assert hits / 4000 == pytest.approx(0.9, abs=0.02)  # four standard errors of a share of 4000


def crossed(table: npt.NDArray[np.generic]) -> CrossedMean:
    found = crossed_mean(table)
    assert found is not None
    return found


def normal_study(
    deviations: tuple[float, float, float], seeds: int, images: int, generator: np.random.Generator
) -> CrossedMean:
    """The variance of the mean is known for normal effects of seed, image and both."""
    shapes = ((seeds, 1), (1, images), (seeds, images))
    effects = [deviation * generator.normal(size=shape) for deviation, shape in zip(deviations, shapes, strict=True)]
    return crossed(effects[0] + effects[1] + effects[2])


def test_both_parts_of_the_crossed_variance_are_right_on_average() -> None:
    generator = np.random.default_rng(1)
    by_seed, by_image, rest = deviations = (0.3, 1.0, 0.8)
    found = [normal_study(deviations, 4, 50, generator) for _ in range(1000)]
    expected = by_seed**2 / 4 + rest**2 / (4 * 50), by_image**2 / 50
    for part, true in zip(("seed_error", "image_error"), expected, strict=True):
        assert np.mean([getattr(item, part) ** 2 for item in found]) == pytest.approx(true, rel=0.1)  # s.e. 0.03


@pytest.mark.parametrize("seeds", [2, 3, 10])
@pytest.mark.parametrize("deviations", [(0.02, 0.0, 1.0), (0.2, 1.0, 1.0), (2.0, 1.0, 1.0)])
def test_new_images_are_covered_whichever_part_is_the_larger(
    seeds: int, deviations: tuple[float, float, float]
) -> None:
    generator = np.random.default_rng(4)
    intervals = [normal_study(deviations, seeds, 60, generator).interval(0.95) for _ in range(1000)]
    held = np.mean([interval.low <= 0 <= interval.high for interval in intervals])
    assert held > 0.93  # three standard errors of 0.007 below 0.95


@pytest.mark.parametrize(("seeds", "points"), [(2, 4.0), (3, 1.5), (5, 4.0)])
def test_intervals_hold_the_truth_about_as_often_as_they_say(seeds: int, points: float) -> None:
    shares = coverage(seeds, points, studies=400, images=1000)
    *held, told_apart = shares
    assert min(held) > 0.91  # three standard errors of 0.011 below 0.945
    assert max(held) < 0.99
    assert told_apart < 0.09  # as many above 0.055


def test_whole_studies_whose_claims_are_true_seldom_get_a_false_answer() -> None:
    shares = false_answers(3, 1.5, studies=20, images=500)
    assert shares.max() <= 0.2  # three standard errors of 0.049 above 0.05


@pytest.mark.parametrize("image_error", [0.0, 0.3])
def test_the_power_of_an_equality_is_that_of_simulated_studies(image_error: float) -> None:
    seeds, seed_error, margin = 8, 0.4, 1.2
    generator, studies = np.random.default_rng(3), 3000
    means = generator.normal(0, np.hypot(seed_error, image_error), studies)
    errors = seed_error * np.sqrt(generator.chisquare(seeds - 1, studies) / (seeds - 1))
    shown = [
        CrossedMean(mean, error, image_error, seeds, 2000).equivalence_p(margin) < 0.05
        for mean, error in zip(means, errors, strict=True)
    ]
    power = CrossedMean(0.1, seed_error, image_error, seeds, 2000).equivalence_power(margin, 0.95)
    assert power == pytest.approx(np.mean(shown), abs=0.03)  # three standard errors of 0.009


def test_the_range_of_seeds_holds_the_number_that_the_true_deviation_needs() -> None:
    """In 95 % of studies, since the deviation is within its limits in as many."""
    seeds, deviation, image_error, reach = 4, 0.02, 0.003, 0.01
    more = np.arange(2, MOST + 1)
    halves = np.hypot(stats.t.ppf(0.975, more - 1) * deviation / np.sqrt(more), stats.t.ppf(0.975, 1999) * image_error)
    true = more[halves < reach][0]
    assert seeds < true < MOST
    generator, held, studies = np.random.default_rng(8), 0, 400
    for _ in range(studies):
        estimate = generator.normal(0, deviation, seeds).std(ddof=1) / np.sqrt(seeds)
        found = seeds_for_mean(CrossedMean(reach, estimate, image_error, seeds, 2000), reach, 0.95, 0.95)
        held += (found.fewest or MOST) <= true <= (found.most or MOST)
    assert held / studies > 0.91  # three standard errors of 0.011 below 0.945
