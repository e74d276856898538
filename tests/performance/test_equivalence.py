"""Ten trainings of a small arm in each framework, with equal settings and with each framework's own; two minutes."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from performance.equivalence import FRAMEWORKS, LEVEL, MARGIN, equivalence, measure

EPOCHS, SEEDS = 10, 10


def test_equivalence_is_shown_only_where_the_difference_is_well_within_the_margin() -> None:
    values = np.linspace(0.95, 0.96, 10)
    assert equivalence(values, values + 0.001, 0.01) < LEVEL
    assert equivalence(values, values + 0.009, 0.01) > LEVEL
    assert equivalence(values, values - 0.02, 0.01) > 0.99
    assert equivalence(values[:2] * [0.9, 1.1], values[:2], 0.01) > LEVEL


def test_with_equal_settings_both_frameworks_are_equally_accurate() -> None:
    one, other = (measure(framework, "pytorch", EPOCHS, SEEDS)["test accuracy"] for framework in FRAMEWORKS)
    assert min(*one, *other) > 0.9  # every run has learned
    assert equivalence(one, other, MARGIN) < LEVEL


def test_with_their_own_defaults_the_frameworks_learn_at_different_speeds() -> None:
    one, other = (measure(f, "native", epochs=1, seeds=SEEDS)["first epoch's training loss"] for f in FRAMEWORKS)
    equal = measure("tensorflow", "pytorch", epochs=1, seeds=SEEDS)["first epoch's training loss"]
    assert ttest_ind(one, other, equal_var=False).pvalue < 0.01
    assert np.mean(equal) == pytest.approx(np.mean(one), rel=0.03)
