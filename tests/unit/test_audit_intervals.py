from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from statsmodels.stats.weightstats import ttost_paired

from study.audit.families import family
from study.audit.intervals import (
    CrossedMean,
    Interval,
    crossed_mean,
    mean_interval,
    prediction_interval,
    prediction_p,
)
from study.audit.seeds import MOST, SeedsNeeded, seeds_for_mean, seeds_for_run

ROUNDING = 1e-12
"""Sums of a few float64 fractions."""
VALUES = np.array([0.61, 0.63, 0.64])


def test_the_interval_over_seeds_is_students() -> None:
    expected = stats.ttest_1samp(VALUES, 0.5).confidence_interval(0.95)
    assert mean_interval(VALUES, 0.95) == pytest.approx((expected.low, expected.high), abs=ROUNDING)


def test_without_two_values_that_differ_there_is_no_interval() -> None:
    for values in (np.array([0.6]), np.array([0.6, 0.6])):
        assert mean_interval(values, 0.95) is None
        assert prediction_interval(values, 0.95) is None
    assert crossed_mean(np.ones((1, 50))) is None
    assert crossed_mean(np.ones((3, 50))) is None


def crossed(table: npt.NDArray[np.generic]) -> CrossedMean:
    found = crossed_mean(table)
    assert found is not None
    return found


@settings(deadline=None, derandomize=True)
@given(
    hnp.arrays(np.int8, st.tuples(st.integers(2, 6), st.integers(2, 40)), elements=st.integers(-1, 1)),
    st.floats(0.5, 0.999),
)
def test_new_images_never_tell_more_than_the_same_runs_do_over_seeds(
    table: npt.NDArray[np.int8], confidence: float
) -> None:
    differences = table.mean(axis=1)
    found = crossed_mean(table)
    if found is None:
        assert len(set(differences)) == 1
        return
    student = mean_interval(differences, confidence)
    assert student is not None
    interval = found.interval(confidence)
    rounding = ROUNDING * max(1.0, student.high - student.low)
    assert interval.low <= student.low + rounding
    assert interval.high >= student.high - rounding
    assert found.p >= stats.ttest_1samp(differences, 0).pvalue * (1 - 1e-6)  # roundings of the means


def test_p_is_that_of_the_interval_that_just_touches_zero() -> None:
    generator = np.random.default_rng(5)
    for shift in (0.0, 0.03, 0.3, 3.0):
        found = crossed(shift + generator.normal(size=(3, 1)) / 10 + generator.normal(size=(1, 80)) + np.zeros((3, 80)))
        assert min(map(abs, found.interval(1 - found.p))) == pytest.approx(0, abs=1e-6)


def test_two_seeds_that_agree_closely_are_no_proof() -> None:
    """With 20.0 and 19.5 points, p of the paired t test is 0.008."""
    table = np.zeros((2, 2000))
    table[0, :400], table[1, :390] = 1, 1
    assert crossed(table).p >= stats.ttest_1samp([0.2, 0.195], 0).pvalue
    assert crossed(table).p < 0.05


@pytest.mark.parametrize("mean", [0.0, 1e-18, 1e-9, 1.0])
@pytest.mark.parametrize("error", [1e-12, 1e-3, 10.0])
@pytest.mark.parametrize("image_error", [0.0, 1e-15, 1e-2, 10.0])
@pytest.mark.parametrize("seeds", [2, 300])
def test_p_is_a_probability_however_extreme(mean: float, error: float, image_error: float, seeds: int) -> None:
    found = CrossedMean(mean, error, image_error, seeds, 10_000)
    for p in (found.p, found.equivalence_p(0.01), found.beyond_p(0.01), found.equivalence_power(0.01, 0.95)):
        assert 0 <= p <= 1
    assert found.p > 0


WIDE = np.random.default_rng(6).normal(0.001, 0.004, (6, 1))


@pytest.mark.parametrize("margin", [0.001, 0.004, 0.01, 0.5])
def test_equivalence_over_seeds_alone_is_that_of_two_paired_one_sided_tests(margin: float) -> None:
    """The image part is 0 where every image has the same differences."""
    found = crossed(WIDE + np.zeros((6, 30)))
    expected = ttost_paired(WIDE[:, 0], np.zeros(6), -margin, margin)[0]
    assert found.image_error == pytest.approx(0, abs=1e-9)  # a root of rounding errors
    assert found.equivalence_p(margin) == pytest.approx(expected, rel=1e-6)  # of the search's tolerance


def test_equivalence_and_its_opposite_are_those_of_the_intervals() -> None:
    """At the very level, the one-sided limits touch the margin; beyond it, the two-sided interval does."""
    found = CrossedMean(0.02, 0.004, 0.003, 4, 2000)
    inside = found.equivalence_p(0.04)
    assert found.mean + found.half_width(1 - 2 * inside) == pytest.approx(0.04, abs=1e-9)
    beyond = found.beyond_p(0.005)
    assert found.mean - found.half_width(1 - beyond) == pytest.approx(0.005, abs=1e-9)
    assert found.equivalence_p(0.01) > 0.5
    assert found.beyond_p(0.03) == 1
    mirrored = replace(found, mean=-found.mean)
    assert (mirrored.equivalence_p(0.04), mirrored.beyond_p(0.005)) == (inside, beyond)


def test_p_of_one_more_run_is_students() -> None:
    """As of a t test of one value against a sample: of the two groups, one has a single value."""
    values = np.array([0.61, 0.63, 0.64, 0.66])
    for other in (0.635, 0.67, 0.9):
        expected = stats.ttest_ind(values, [other]).pvalue
        assert prediction_p(values, abs(other - values.mean())) == pytest.approx(expected, rel=1e-9)  # rounding
    assert prediction_p(np.array([0.6]), 0.1) is None


def test_a_run_at_the_end_of_its_prediction_interval_has_p_of_the_level() -> None:
    interval = prediction_interval(VALUES, 0.9)
    assert interval is not None
    assert prediction_p(VALUES, interval.high - VALUES.mean()) == pytest.approx(0.1, abs=1e-9)


def test_p_values_are_adjusted_as_holm_says() -> None:
    found = family({"a": 0.01, "b": 0.04, "c": 0.03, "d": None}, 0.05)
    assert found.adjusted == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06}, abs=ROUNDING)
    assert [name for name in "abcd" if found.rejects(name)] == ["a"]
    assert found.decided_at == pytest.approx(1 - 0.05 / 3, abs=ROUNDING)  # b, c and d are open
    assert family({}, 0.05).adjusted == {}
    backwards = family({"c": 0.03, "b": 0.04, "a": 0.01}, 0.05)
    assert backwards.adjusted == {name: found.adjusted[name] for name in "cba"}


def test_what_decides_an_open_test_decides_it_whatever_the_others_are() -> None:
    found = family({"a": 0.3, "b": 0.2, "c": 0.001}, 0.05)
    enough = 0.999 * (1 - found.decided_at)
    for others in (1.0, enough / 2):
        assert family({"a": enough, "b": others, "c": 0.001}, 0.05).rejects("a")


def difference(seed_error: float = 0.01, image_error: float = 0.0, seeds: int = 3) -> CrossedMean:
    return CrossedMean(0.01, seed_error, image_error, seeds, 2000)


def test_seeds_do_not_make_the_images_part_smaller() -> None:
    alone, with_images = (seeds_for_mean(difference(0.008, images), 0.01, 0.95, 0.95) for images in (0.0, 0.0045))
    assert alone.fewest is not None
    assert with_images.fewest is not None
    assert 3 < alone.fewest < with_images.fewest
    assert not with_images.never
    assert seeds_for_mean(difference(0.008, 0.0052), 0.01, 0.95, 0.95) == SeedsNeeded(None, None, never=True)


def test_a_stricter_level_needs_more_seeds() -> None:
    one, six = (seeds_for_mean(difference(0.008), 0.01, 1 - 0.05 / claims, 0.95) for claims in (1, 6))
    assert one.fewest is not None
    assert six.fewest is not None
    assert one.fewest < six.fewest


def test_no_more_than_so_many_seeds_are_proposed() -> None:
    assert seeds_for_mean(difference(1.0), 0.01, 0.95, 0.95) == SeedsNeeded(None, None, never=False)
    assert seeds_for_mean(difference(0.01), 0.01, 0.95, 0.95).most is None
    assert seeds_for_run(VALUES, 0.5, 0.95, 0.95) == SeedsNeeded(4, 4, never=False)
    assert seeds_for_run(np.array([0.6]), 0.05, 0.95, 0.95) is None


def test_no_seeds_narrow_an_interval_for_one_run_below_that_runs_own_deviation() -> None:
    many = np.random.default_rng(7).normal(0.6, 0.04, MOST - 1)
    assert seeds_for_run(many, 0.05, 0.95, 0.95) == SeedsNeeded(None, None, never=True)
    found = seeds_for_run(many, 0.09, 0.95, 0.95)
    assert found is not None
    assert not found.never


def test_limits_are_moved_into_what_is_possible() -> None:
    assert Interval(-0.2, 1.3).within(0, 1) == (0, 1)
    assert Interval(0.2, 0.3).within(0, 1) == (0.2, 0.3)
    assert Interval(-3.0, -2.0).within(-1, 1) == (-1, -1)
