from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import stats
from experiments.stats import (
    ArgumentImpossible,
    Difference,
    Mean,
    TooFewUnits,
    VarianceIsZero,
    anytime_multiplier,
    anytime_p_value,
    best_mixture,
    compare_means,
    log_mixture,
    mixture_boundary,
    mixture_test,
    running_minimum,
    watch,
)

SIDES = ["two-sided", "greater", "less"]


@pytest.mark.parametrize("alternative", SIDES)
@given(st.integers(10, 1_000_000), st.floats(0.6, 0.999))
@settings(max_examples=40)
def test_the_p_value_is_the_level_whose_interval_touches_zero(alternative, units, confidence):
    edge = anytime_multiplier(units, confidence=confidence, alternative=alternative)
    statistic = -edge if alternative == "less" else edge
    ours = anytime_p_value(statistic, units, confidence=confidence, alternative=alternative)
    assert ours == pytest.approx(1 - confidence, rel=1e-9)


@given(st.floats(-40, 40), st.integers(1, 10_000_000))
@settings(max_examples=80)
def test_the_sides_mirror_each_other(statistic, units):
    up = anytime_p_value(statistic, units, alternative="greater")
    down = anytime_p_value(-statistic, units, alternative="less")
    assert up == down
    assert 0 <= up <= 1


def test_the_interval_is_narrowest_for_its_units_where_it_is_tuned():
    tuned = anytime_multiplier(5_000)
    assert tuned < anytime_multiplier(5_000, tuned_for=2_000)
    assert tuned < anytime_multiplier(5_000, tuned_for=12_000)


def test_a_one_sided_sequence_is_narrower_on_its_side():
    assert anytime_multiplier(5_000, alternative="greater") < anytime_multiplier(5_000)


@pytest.mark.parametrize(("alternative", "open_end"), [("greater", "high"), ("less", "low")])
def test_watching_one_side_leaves_the_other_open(alternative, open_end):
    arms = Mean.of([1.0, 2.0, 4.0]), Mean.of([2.0, 3.0, 4.0])
    seen = watch(compare_means(*arms, alternative=alternative), units=6)
    assert math.isinf(getattr(seen, open_end))
    assert seen.method == "anytime"


def test_fifty_looks_at_nothing_raise_no_more_alarms_than_the_level():
    rng = np.random.default_rng(20240606)
    looks = np.arange(100, 5_100, 100)
    sums = rng.normal(size=(2_000, looks[-1] // 2)).cumsum(axis=1)[:, looks // 2 - 1]
    # The difference of two arms of n/2 units each: its z is that of a single walk.
    statistics = sums / np.sqrt(looks / 2)
    alarms = {}
    for alternative in SIDES:
        edges = np.array([anytime_multiplier(int(n), alternative=alternative) for n in looks])
        toward = {"two-sided": np.abs(statistics), "greater": statistics, "less": -statistics}
        alarms[alternative] = (toward[alternative] >= edges).any(axis=1).mean()
    assert max(alarms.values()) <= 0.05
    assert (np.abs(statistics) >= 1.96).any(axis=1).mean() > 0.25


def test_the_mixture_of_likelihoods_is_its_quadrature():
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    effects, n, variance, spread = nodes * 0.1, 500, 2.0, 0.01
    error = 2 * variance / n
    ratios = np.exp((0.15 * effects - effects**2 / 2) / error)
    expected = weights @ ratios / math.sqrt(2 * math.pi)
    ours = mixture_test(0.15, units_per_arm=n, variance=variance, effect_variance=spread)
    assert ours.likelihood_ratio == pytest.approx(expected)
    assert ours.p_value == pytest.approx(min(1.0, 1 / expected))


def test_evidence_beyond_all_numbers_stays_a_number():
    ours = mixture_test(50.0, units_per_arm=1e6, variance=1, effect_variance=1)
    assert math.isfinite(ours.likelihood_ratio)
    assert ours.p_value == 0.0


def test_looks_report_the_least_p_value_so_far():
    assert running_minimum([]) == ()
    assert running_minimum([0.5, 0.6, 0.1]) == (0.5, 0.5, 0.1)


@pytest.mark.parametrize("alternative", SIDES)
def test_the_boundary_is_where_the_mixture_reaches_the_level(alternative):
    rho = best_mixture(50.0, alternative=alternative)
    edge = mixture_boundary(80.0, rho=rho, alternative=alternative)
    total = -edge if alternative == "less" else edge
    reached = log_mixture(total, variance=80.0, rho=rho, alternative=alternative)
    assert math.exp(-reached) == pytest.approx(0.05)


def test_a_difference_without_error_cannot_be_watched():
    certain = Difference(
        estimate=1.0,
        low=1.0,
        high=1.0,
        p_value=0.0,
        confidence=0.95,
        alternative="two-sided",
        standard_error=0.0,
        degrees_of_freedom=math.inf,
        method="welch",
    )
    with pytest.raises(VarianceIsZero):
        watch(certain, units=10)


@pytest.mark.parametrize("call", [anytime_multiplier, lambda n: anytime_p_value(1.0, n)])
def test_no_units_are_no_look(call):
    with pytest.raises(TooFewUnits):
        call(0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: anytime_multiplier(10, confidence=0.4, alternative="greater"),
        lambda: anytime_multiplier(10, tuned_for=0),
        lambda: mixture_test(0.1, units_per_arm=0, variance=1, effect_variance=1),
        lambda: best_mixture(0.0),
    ],
)
def test_options_without_meaning_are_refused(call):
    with pytest.raises(ArgumentImpossible):
        call()


def test_the_mixture_of_t_is_that_of_the_normal_in_large_samples():
    # A prior worth phi is N(0, sigma^2 / phi) on the coefficient.
    ours = stats.regression_mixture(3.0, degrees=1e9, information=500.0, prior_information=100.0)
    effect = 3.0 / math.sqrt(500.0)
    theirs = mixture_test(effect, units_per_arm=1000, variance=1.0, effect_variance=0.01)
    assert ours.likelihood_ratio == pytest.approx(theirs.likelihood_ratio, rel=1e-6)
    assert ours.p_value == pytest.approx(theirs.p_value, rel=1e-6)


def test_without_residuals_there_is_no_mixture_of_t():
    with pytest.raises(ArgumentImpossible):
        stats.regression_mixture(3.0, degrees=0, information=1.0)
