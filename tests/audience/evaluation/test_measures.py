"""Measures against scikit-learn and statsmodels."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from audience.evaluation.measures import auc, calibration_slope, resampled, share_interval


@pytest.fixture
def judged():
    rng = np.random.default_rng(2)
    chances = rng.beta(2, 3, 4000)
    return rng.random(4000) < chances, chances


def test_auc_is_scikit_learns_ties_among_them(judged):
    is_positive, chances = judged
    rounded = chances.round(1)

    assert auc(is_positive, rounded) == pytest.approx(roc_auc_score(is_positive, rounded))


@pytest.mark.parametrize(("successes", "trials"), [(94, 100), (0, 20), (20, 20), (1, 3)])
def test_a_shares_interval_is_wilsons(successes, trials):
    expected = proportion_confint(successes, trials, method="wilson")

    assert share_interval(successes, trials) == pytest.approx(expected, abs=1e-9)


def test_chances_that_are_what_they_say_have_slope_one(judged):
    is_positive, chances = judged

    assert calibration_slope(is_positive, chances) == pytest.approx(1, abs=0.1)


def test_chances_that_are_too_bold_have_a_slope_below_one(judged):
    is_positive, chances = judged
    odds = (chances / (1 - chances)) ** 2

    assert calibration_slope(is_positive, odds / (1 + odds)) == pytest.approx(0.5, abs=0.05)


def test_an_interval_of_a_mean_is_about_two_standard_errors_wide():
    values = np.random.default_rng(3).normal(size=1000)

    low, high = resampled(
        lambda rows: float(values[rows].mean()), 1000, rng=np.random.default_rng(4)
    )

    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 / np.sqrt(1000), rel=0.2)
