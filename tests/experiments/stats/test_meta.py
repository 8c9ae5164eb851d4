from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import stats
from experiments.stats import (
    ArgumentImpossible,
    TooFewUnits,
    VarianceIsZero,
    combine_effects,
    fit_prior,
)

tests = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.05, 3)), min_size=2, max_size=12)


@given(tests)
@settings(max_examples=40, deadline=None)
def test_agrees_with_statsmodels(pairs):
    from statsmodels.stats.meta_analysis import combine_effects as theirs_combine

    effects, errors = map(list, zip(*pairs, strict=True))
    ours = combine_effects(effects, errors)
    theirs = theirs_combine(np.array(effects), np.square(errors), method_re="chi2", use_t=False)
    assert ours.fixed == pytest.approx(theirs.mean_effect_fe, abs=1e-9)
    assert ours.fixed_error == pytest.approx(theirs.sd_eff_w_fe)
    assert ours.statistic == pytest.approx(theirs.q, abs=1e-9)
    assert ours.tau_squared == pytest.approx(max(theirs.tau2, 0.0), abs=1e-9)
    if theirs.tau2 > 0:
        assert ours.mean == pytest.approx(theirs.mean_effect_re, abs=1e-9)
        assert ours.mean_error == pytest.approx(theirs.sd_eff_w_re)


@given(tests, st.floats(-10, 10))
@settings(max_examples=40)
def test_a_shift_moves_the_mean_and_nothing_else(pairs, shift):
    effects, errors = map(list, zip(*pairs, strict=True))
    here = combine_effects(effects, errors)
    there = combine_effects([effect + shift for effect in effects], errors)
    assert there.mean == pytest.approx(here.mean + shift, abs=1e-9)
    assert there.tau_squared == pytest.approx(here.tau_squared, abs=1e-9)


def test_equal_effects_differ_by_nothing():
    same = combine_effects([0.2, 0.2], [0.1, 0.3])
    assert (same.statistic, same.i_squared, same.tau_squared) == pytest.approx((0, 0, 0))
    assert same.mean == pytest.approx(0.2)


def test_a_fitted_prior_is_the_one_the_effects_came_from():
    rng = np.random.default_rng(20240611)
    errors = rng.uniform(0.01, 0.03, 400)
    prior = fit_prior(list(rng.normal(rng.normal(0.02, 0.05, 400), errors)), list(errors))
    assert prior.mean == pytest.approx(0.02, abs=0.01)
    assert prior.deviation == pytest.approx(0.05, abs=0.007)


def test_effects_that_differ_by_chance_only_fit_no_prior():
    with pytest.raises(VarianceIsZero):
        fit_prior([0.1, 0.11], [0.1, 0.1])


@pytest.mark.parametrize(
    ("effects", "errors", "error"),
    [
        ([0.1], [0.1], TooFewUnits),
        ([0.1, 0.2], [0.1], ArgumentImpossible),
        ([0.1, 0.2], [0.1, 0.0], ArgumentImpossible),
    ],
)
def test_effects_that_cannot_be_combined_are_refused(effects, errors, error):
    with pytest.raises(error):
        combine_effects(effects, errors)


def test_a_prior_of_rates_finds_the_beta_that_the_true_rates_come_from():
    rng = np.random.default_rng(21)
    rates = rng.beta(20, 180, size=600)
    samples = [
        stats.Proportion(trials=2_000, successes=int(each)) for each in rng.binomial(2_000, rates)
    ]
    prior = stats.fit_rate_prior(samples)
    assert prior.alpha / (prior.alpha + prior.beta) == pytest.approx(0.1, rel=0.03)
    assert prior.alpha + prior.beta == pytest.approx(200, rel=0.15)


def test_the_prior_of_rates_is_the_top_of_scipys_likelihood():
    from scipy import stats as scipy_stats

    samples = [stats.Proportion(trials=500, successes=each) for each in (40, 60, 52, 75, 31)]
    prior = stats.fit_rate_prior(samples)

    def likelihood(alpha, beta):
        return sum(
            scipy_stats.betabinom.logpmf(each.successes, 500, alpha, beta) for each in samples
        )

    top = likelihood(prior.alpha, prior.beta)
    for up, down in ((1.02, 1.0), (0.98, 1.0), (1.0, 1.02), (1.0, 0.98), (1.02, 1.02)):
        assert likelihood(prior.alpha * up, prior.beta * down) < top


def test_rates_that_fit_no_prior_are_named():
    def of(*counts):
        return [stats.Proportion(trials=100, successes=each) for each in counts]

    with pytest.raises(TooFewUnits):
        stats.fit_rate_prior(of(10))
    for counts in ((0, 0), (100, 100), (10, 10, 11)):
        with pytest.raises(VarianceIsZero):
            stats.fit_rate_prior(of(*counts))
    # Moments see a spread where the likelihood, which weighs by trials, sees none.
    lopsided = [
        stats.Proportion(trials=5, successes=0),
        stats.Proportion(trials=5, successes=3),
        stats.Proportion(trials=100_000, successes=28_000),
        stats.Proportion(trials=100_000, successes=28_000),
        stats.Proportion(trials=100_000, successes=28_000),
    ]
    with pytest.raises(VarianceIsZero):
        stats.fit_rate_prior(lopsided)
