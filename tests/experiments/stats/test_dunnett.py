from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from experiments.stats import (
    Mean,
    TooFewUnits,
    VarianceIsZero,
    compare_means,
    compare_with_control,
    dunnett_quantile,
)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_agrees_with_scipy(alternative):
    rng = np.random.default_rng(16)
    arms = [rng.normal(shift, 1, size) for shift, size in ((0, 20), (0.5, 15), (-0.4, 30))]
    theirs = scipy_stats.dunnett(
        *arms[1:], control=arms[0], alternative=alternative, rng=np.random.default_rng(1)
    )
    interval = theirs.confidence_interval(0.95)
    ours = compare_with_control(
        Mean.of(arms[0]), [Mean.of(arm) for arm in arms[1:]], alternative=alternative
    )
    # SciPy draws its probabilities.
    assert [each.p_value for each in ours] == pytest.approx(theirs.pvalue, abs=2e-3)
    assert [each.low for each in ours] == pytest.approx(interval.low, abs=5e-3)
    assert [each.high for each in ours] == pytest.approx(interval.high, abs=5e-3)


def test_one_treatment_is_students_test():
    rng = np.random.default_rng(17)
    control, treatment = rng.normal(size=9), rng.normal(1.0, 1, 7)
    theirs = scipy_stats.ttest_ind(treatment, control)
    (ours,) = compare_with_control(Mean.of(control), [Mean.of(treatment)])
    interval = theirs.confidence_interval(0.95)
    assert (ours.p_value, ours.low, ours.high) == pytest.approx(
        (theirs.pvalue, interval.low, interval.high), rel=1e-7
    )


def test_it_asks_for_less_than_bonferroni():
    assert dunnett_quantile([0.5**0.5] * 4) < -scipy_stats.norm.ppf(0.05 / 8)


def test_many_units_are_the_normal_distribution():
    assert dunnett_quantile([0.7, 0.6], degrees=1e5) == pytest.approx(
        dunnett_quantile([0.7, 0.6]), rel=1e-4
    )


def test_a_true_null_raises_any_false_alarm_at_its_level():
    rng = np.random.default_rng(20240610)
    draws = rng.normal(size=(2_000, 4, 30))
    critical = dunnett_quantile([0.5**0.5] * 3, degrees=116)
    means, variance = draws.mean(axis=2), draws.var(axis=2, ddof=1).mean(axis=1)
    largest = np.abs(means[:, 1:] - means[:, :1]).max(axis=1) / np.sqrt(variance * 2 / 30)
    assert (largest > critical).mean() == pytest.approx(0.05, abs=0.015)
    plain = compare_means(*(Mean.of(arm) for arm in draws[0, :2]))
    joint = compare_with_control(*(Mean.of(draws[0, 0]), [Mean.of(a) for a in draws[0, 1:]]))
    assert joint[0].estimate == pytest.approx(plain.estimate)


@pytest.mark.parametrize(("alternative", "end"), [("greater", "high"), ("less", "low")])
def test_one_side_leaves_the_other_open(alternative, end):
    arms = Mean.of([1.0, 2.0]), [Mean.of([1.0, 3.0])]
    assert math.isinf(getattr(compare_with_control(*arms, alternative=alternative)[0], end))


def test_arms_that_cannot_be_compared_are_refused():
    some = Mean.of([1.0, 2.0])
    with pytest.raises(TooFewUnits):
        compare_with_control(some, [])
    with pytest.raises(TooFewUnits):
        compare_with_control(some, [Mean.of([1.0])])
    with pytest.raises(VarianceIsZero):
        compare_with_control(Mean.of([1.0, 1.0]), [Mean.of([2.0, 2.0])])
