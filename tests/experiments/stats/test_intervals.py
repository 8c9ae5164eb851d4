from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from experiments.stats import (
    ArgumentImpossible,
    BaselineNotPositive,
    Mean,
    Proportion,
    RatioTooUncertain,
    TooFewUnits,
    TreatmentNotPositive,
    VarianceIsZero,
    log_ratio_lift,
    mean_interval,
    newcombe,
    wilson,
)

samples = st.integers(1, 300).flatmap(
    lambda trials: st.integers(0, trials).map(
        lambda successes: Proportion(trials=trials, successes=successes)
    )
)


@pytest.mark.parametrize(
    ("successes", "trials"), [(0, 20), (1, 20), (7, 20), (20, 20), (421, 10_000)]
)
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_wilson_agrees_with_statsmodels(successes, trials, confidence):
    from statsmodels.stats.proportion import proportion_confint

    ours = wilson(Proportion(trials=trials, successes=successes), confidence=confidence)
    theirs = proportion_confint(successes, trials, alpha=1 - confidence, method="wilson")
    assert (ours.low, ours.high) == pytest.approx(theirs, abs=1e-12)


def test_wilson_needs_trials():
    with pytest.raises(TooFewUnits):
        wilson(Proportion(trials=0, successes=0))


@pytest.mark.parametrize("counts", [(100, 1000, 130, 1000), (0, 40, 7, 35), (20, 20, 3, 50)])
def test_newcombe_agrees_with_statsmodels(counts):
    from statsmodels.stats.proportion import confint_proportions_2indep

    x, n, y, m = counts
    ours = newcombe(Proportion(trials=n, successes=x), Proportion(trials=m, successes=y))
    theirs = confint_proportions_2indep(y, m, x, n, compare="diff", method="newcomb")
    assert (ours.low, ours.high) == pytest.approx(theirs, abs=1e-12)


@given(samples, samples)
@settings(max_examples=100)
def test_swapping_the_arms_mirrors_the_interval(control, treatment):
    forth, back = newcombe(control, treatment), newcombe(treatment, control)
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low), abs=1e-12)


@given(samples, samples)
@settings(max_examples=100)
def test_the_interval_holds_the_estimate_and_stays_possible(control, treatment):
    interval = newcombe(control, treatment)
    estimate = treatment.rate - control.rate
    assert -1 <= interval.low <= estimate + 1e-12
    assert estimate - 1e-12 <= interval.high <= 1


def test_one_sided_intervals_are_the_two_sided_ones_of_twice_the_error():
    control, treatment = (Proportion(trials=80, successes=x) for x in (20, 31))
    both = newcombe(control, treatment, confidence=0.9)
    above = newcombe(control, treatment, alternative="greater")
    below = newcombe(control, treatment, alternative="less")
    assert (above.low, above.high) == pytest.approx((both.low, 1.0))
    assert (below.low, below.high) == pytest.approx((-1.0, both.high))


def test_the_interval_of_a_mean_is_scipys():
    column = np.random.default_rng(3).gamma(2, size=40)
    theirs = scipy_stats.ttest_1samp(column, 0).confidence_interval(0.9)
    ours = mean_interval(Mean.of(column), confidence=0.9)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_a_mean_without_spread_has_no_interval():
    with pytest.raises(VarianceIsZero):
        mean_interval(Mean.of([2.0, 2.0]))


def lift(control=5.0, treatment=6.0, control_variance=0.01, treatment_variance=0.01, **options):
    return log_ratio_lift(
        control,
        treatment,
        control_variance=control_variance,
        treatment_variance=treatment_variance,
        **options,
    )


@pytest.mark.parametrize("control", [0.0, -1.0])
def test_a_lift_needs_a_positive_baseline(control):
    with pytest.raises(BaselineNotPositive):
        lift(control=control)


def test_a_lift_needs_a_positive_treatment():
    with pytest.raises(TreatmentNotPositive):
        lift(treatment=0.0)


def test_a_lift_without_any_error_is_refused():
    with pytest.raises(VarianceIsZero):
        lift(control_variance=0.0, treatment_variance=0.0)


def test_a_mean_lost_in_its_own_error_has_no_lift():
    with pytest.raises(RatioTooUncertain):
        lift(control=1e-3, control_variance=1.0)


def test_one_sided_lifts_end_where_a_lift_can():
    above, below = lift(alternative="greater"), lift(alternative="less")
    both = lift(confidence=0.9)
    assert (above.low, above.high) == pytest.approx((both.low, math.inf))
    assert (below.low, below.high) == pytest.approx((-1.0, both.high))


def test_swapping_the_arms_inverts_the_ratio():
    forth, back = lift(control=4.0, treatment=7.0), lift(control=7.0, treatment=4.0)
    assert (1 + forth.low) * (1 + back.high) == pytest.approx(1)


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -0.2])
def test_an_impossible_confidence_is_refused(confidence):
    with pytest.raises(ArgumentImpossible, match="confidence"):
        lift(confidence=confidence)


def test_an_unknown_alternative_is_refused():
    with pytest.raises(ArgumentImpossible, match="alternative"):
        lift(alternative="larger")
