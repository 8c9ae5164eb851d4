from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from experiments import stats
from experiments.stats import (
    BaselineNotPositive,
    Mean,
    TooFewUnits,
    TreatmentNotPositive,
    VarianceIsZero,
    compare_means,
    relative_mean_lift,
)

moments = st.builds(
    Mean,
    units=st.integers(2, 10_000),
    mean=st.floats(-1e3, 1e3),
    centred_squares=st.floats(1e-3, 1e6),
)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_agrees_with_scipy(alternative):
    rng = np.random.default_rng(5)
    control, treatment = rng.lognormal(0, 1, 80), rng.lognormal(0.3, 1.4, 60)
    theirs = scipy_stats.ttest_ind(treatment, control, equal_var=False, alternative=alternative)
    interval = theirs.confidence_interval(0.95)
    ours = compare_means(Mean.of(control), Mean.of(treatment), alternative=alternative)
    assert (ours.p_value, ours.low, ours.high, ours.degrees_of_freedom) == pytest.approx(
        (theirs.pvalue, interval.low, interval.high, theirs.df)
    )


@given(moments, moments)
@settings(max_examples=80)
def test_swapping_the_arms_flips_the_sign_and_keeps_the_p_value(control, treatment):
    forth, back = compare_means(control, treatment), compare_means(treatment, control)
    assert (forth.estimate, forth.low, forth.high) == pytest.approx(
        (-back.estimate, -back.high, -back.low)
    )
    assert forth.p_value == pytest.approx(back.p_value)


def test_a_shift_of_a_billion_changes_nothing():
    rng = np.random.default_rng(6)
    control, treatment = rng.normal(size=500), rng.normal(0.2, size=500)
    near = compare_means(Mean.of(control), Mean.of(treatment))
    far = compare_means(Mean.of(control + 1e9), Mean.of(treatment + 1e9))
    assert (far.estimate, far.p_value) == pytest.approx((near.estimate, near.p_value), rel=1e-4)


def test_a_scale_without_measure_does_not_underflow():
    tiny = Mean(units=10, mean=1e-160, centred_squares=1e-310)
    assert compare_means(tiny, tiny).degrees_of_freedom == pytest.approx(18)


def test_one_arm_may_be_constant():
    result = compare_means(Mean.of([0.0, 0.0, 0.0]), Mean.of([0.0, 4.0, 5.0]))
    assert result.degrees_of_freedom == pytest.approx(2)


def test_arms_without_variance_are_an_error():
    with pytest.raises(VarianceIsZero):
        compare_means(Mean.of([1.0, 1.0]), Mean.of([2.0, 2.0]))


@pytest.mark.parametrize(("control", "treatment"), [([1.0], [1.0, 2.0]), ([1.0, 2.0], [])])
def test_an_arm_without_two_units_is_an_error(control, treatment):
    with pytest.raises(TooFewUnits):
        compare_means(Mean.of(control), Mean.of(treatment))


@pytest.mark.parametrize("control", [[-1.0, 1.0], [-3.0, -1.0]])
def test_a_lift_over_nothing_or_less_is_an_error(control):
    with pytest.raises(BaselineNotPositive):
        relative_mean_lift(Mean.of(control), Mean.of([1.0, 2.0]))


def test_a_lift_to_less_than_nothing_is_an_error():
    with pytest.raises(TreatmentNotPositive):
        relative_mean_lift(Mean.of([1.0, 2.0]), Mean.of([-1.0, -2.0]))


def test_a_lift_cannot_fall_below_minus_one():
    lift = relative_mean_lift(Mean.of([1.0, 9.0, 5.0]), Mean.of([0.1, 0.2, 4.0]))
    assert lift.low > -1


REPETITIONS = 2_000


def simulated_p_values(draw, size):
    """Welch's p of many A/A tests at once, through the moments our code gets."""
    control, treatment = draw((REPETITIONS, size)), draw((REPETITIONS, size))
    return np.array(
        [
            compare_means(Mean.of(a), Mean.of(b)).p_value * math.copysign(1, b.mean() - a.mean())
            for a, b in zip(control, treatment, strict=True)
        ]
    )


def revenue(rng):
    return lambda shape: rng.binomial(1, 0.1, shape) * rng.lognormal(3, 1, shape)


@pytest.mark.parametrize("size", [200, 1000])
def test_a_true_null_of_skewed_revenue_is_rejected_on_both_sides_alike(size):
    signed = simulated_p_values(revenue(np.random.default_rng(20240504)), size)
    rejected = np.abs(signed) < 0.05
    # Monte Carlo error of 2,000 repetitions: 0.5 points; three of them.
    assert rejected.mean() < 0.05 + 0.015
    assert (signed[rejected] > 0).mean() == pytest.approx(0.5, abs=0.2)


def test_the_lift_interval_covers_the_true_lift():
    rng = np.random.default_rng(20240505)
    draw = revenue(rng)
    control, treatment = draw((REPETITIONS, 1000)), 1.2 * draw((REPETITIONS, 1000))
    lifts = [
        relative_mean_lift(Mean.of(a), Mean.of(b)) for a, b in zip(control, treatment, strict=True)
    ]
    assert np.mean([lift.low <= 0.2 <= lift.high for lift in lifts]) == pytest.approx(
        0.95, abs=0.02
    )


def test_one_variance_for_both_arms_is_scipys_students_test():
    rng = np.random.default_rng(6)
    first, second = rng.normal(5, 1, 30), rng.normal(5.5, 2, 50)
    arms = stats.Mean.of(first), stats.Mean.of(second)
    theirs = scipy_stats.ttest_ind(second, first)
    ours = stats.compare_means(*arms, method="student")
    assert (ours.p_value, ours.degrees_of_freedom) == pytest.approx((theirs.pvalue, 78))
    interval = theirs.confidence_interval()
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high))
    lift = stats.relative_mean_lift(*arms, method="student")
    # The same test on the scale of relative values.
    relative = stats.compare_means(
        stats.Mean.of(first / first.mean()), stats.Mean.of(second / second.mean()), method="student"
    )
    half = relative.standard_error * scipy_stats.t(78).ppf(0.975)
    ratio = second.mean() / first.mean()
    assert lift.high == pytest.approx(ratio * math.exp(half) - 1)


def test_the_normal_distribution_takes_welchs_error():
    arms = stats.Mean.of([1.0, 2.0, 3.0]), stats.Mean.of([4.0, 5.0, 9.0])
    ours, welch = stats.compare_means(*arms, method="normal"), stats.compare_means(*arms)
    assert ours.standard_error == welch.standard_error
    assert ours.p_value == pytest.approx(2 * scipy_stats.norm.sf(4 / ours.standard_error))
    assert stats.relative_mean_lift(*arms, method="normal").low > -1


def test_an_unknown_method_is_refused():
    with pytest.raises(stats.ArgumentImpossible):
        stats.compare_means(stats.Mean.of([1, 2]), stats.Mean.of([1, 3]), method="z")
