from __future__ import annotations

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from experiments import stats
from experiments.stats import (
    ArgumentImpossible,
    BaselineNotPositive,
    Proportion,
    TooFewUnits,
    TreatmentNotPositive,
    VarianceIsZero,
    compare_proportions,
    relative_lift,
)


def sample(successes: int, trials: int) -> Proportion:
    return Proportion(trials=trials, successes=successes)


mixed = st.integers(2, 400).flatmap(
    lambda trials: st.integers(1, trials - 1).map(lambda hits: sample(hits, trials))
)


@pytest.mark.parametrize(
    ("alternative", "theirs"),
    [("two-sided", "two-sided"), ("greater", "larger"), ("less", "smaller")],
)
def test_the_score_test_agrees_with_statsmodels(alternative, theirs):
    from statsmodels.stats.proportion import proportions_ztest

    ours = compare_proportions(sample(100, 1000), sample(130, 1010), alternative=alternative)
    _, p = proportions_ztest([130, 100], [1010, 1000], alternative=theirs)
    assert ours.method == "score"
    assert ours.p_value == pytest.approx(p, rel=1e-10)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_small_counts_get_barnards_test(alternative):
    ours = compare_proportions(sample(2, 30), sample(6, 28), alternative=alternative)
    theirs = scipy_stats.barnard_exact([[6, 2], [22, 28]], alternative=alternative)
    assert (ours.method, ours.p_value) == ("barnard", pytest.approx(theirs.pvalue))


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_rare_conversions_among_many_get_fishers_test(alternative):
    ours = compare_proportions(sample(1, 5000), sample(6, 5000), alternative=alternative)
    theirs = scipy_stats.fisher_exact([[6, 1], [4994, 4999]], alternative=alternative)
    assert (ours.method, ours.p_value) == ("fisher", pytest.approx(theirs.pvalue))


def test_hardly_anybody_left_out_is_as_rare_as_hardly_anybody():
    assert compare_proportions(sample(4999, 5000), sample(4994, 5000)).method == "fisher"


@given(mixed, mixed)
@settings(max_examples=60, deadline=None)
def test_swapping_the_arms_flips_the_sign_and_keeps_the_p_value(control, treatment):
    forth = compare_proportions(control, treatment, method="score")
    back = compare_proportions(treatment, control, method="score")
    assert forth.p_value == pytest.approx(back.p_value)
    assert (forth.estimate, forth.low, forth.high) == pytest.approx(
        (-back.estimate, -back.high, -back.low), abs=1e-12
    )


@given(mixed, mixed)
@settings(max_examples=60, deadline=None)
def test_the_two_one_sided_p_values_add_up_to_one(control, treatment):
    above, below = (
        compare_proportions(control, treatment, method="score", alternative=side).p_value
        for side in ("greater", "less")
    )
    assert above + below == pytest.approx(1)


@pytest.mark.parametrize(("hits", "who"), [(0, "nobody"), (50, "everybody")])
def test_arms_without_variance_are_an_error(hits, who):
    with pytest.raises(VarianceIsZero, match=who):
        compare_proportions(sample(hits, 50), sample(hits, 50))


@pytest.mark.parametrize(("control", "treatment"), [(0, 10), (10, 0)])
def test_an_empty_arm_is_an_error(control, treatment):
    with pytest.raises(TooFewUnits):
        compare_proportions(sample(0, control), sample(0, treatment))


def test_an_unknown_method_is_refused():
    with pytest.raises(ArgumentImpossible, match="method"):
        compare_proportions(sample(5, 50), sample(9, 50), method="guess")


def test_the_lift_agrees_with_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep

    ours = relative_lift(sample(100, 1000), sample(130, 1010))
    low, high = confint_proportions_2indep(130, 1010, 100, 1000, compare="ratio", method="log")
    assert (ours.low, ours.high) == pytest.approx((low - 1, high - 1))


def test_a_lift_over_nothing_is_an_error():
    with pytest.raises(BaselineNotPositive):
        relative_lift(sample(0, 50), sample(4, 50))


def test_a_lift_to_nothing_is_an_error():
    with pytest.raises(TreatmentNotPositive):
        relative_lift(sample(4, 50), sample(0, 50))


def test_a_true_null_is_rejected_at_most_about_five_times_in_a_hundred():
    rng = np.random.default_rng(20240501)
    pairs = rng.binomial(2000, 0.05, size=(2000, 2))
    p_values = [
        compare_proportions(sample(int(x), 2000), sample(int(y), 2000)).p_value for x, y in pairs
    ]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.015)


def test_a_true_null_with_few_conversions_is_not_rejected_more_often():
    rng = np.random.default_rng(20240502)
    pairs = [pair for pair in rng.binomial(5000, 0.0006, size=(1500, 2)) if pair.sum()]
    p_values = [
        compare_proportions(sample(int(x), 5000), sample(int(y), 5000)).p_value for x, y in pairs
    ]
    assert np.mean(np.array(p_values) < 0.05) < 0.05


def test_newcombes_interval_covers_the_true_difference():
    rng = np.random.default_rng(20240503)
    pairs = np.stack([rng.binomial(300, 0.04, 2000), rng.binomial(300, 0.08, 2000)], axis=1)
    found = [
        compare_proportions(sample(int(x), 300), sample(int(y), 300), method="score")
        for x, y in pairs
    ]
    covered = np.mean([result.low <= 0.04 <= result.high for result in found])
    assert covered == pytest.approx(0.95, abs=0.015)


SMALL = Proportion(trials=100, successes=30), Proportion(trials=110, successes=44)
TABLE = [[44, 30], [66, 70]]


@pytest.mark.parametrize("is_corrected", [False, True])
def test_score_and_likelihood_are_scipys_contingency_tests(is_corrected):
    for method, power in (("score", "pearson"), ("log-likelihood", "log-likelihood")):
        found = compare_proportions(*SMALL, method=method, is_corrected=is_corrected)
        theirs = scipy_stats.chi2_contingency(TABLE, correction=is_corrected, lambda_=power)
        assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
        assert found.method == method


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_boschloos_test_is_scipys(alternative):
    found = compare_proportions(*SMALL, method="boschloo", alternative=alternative)
    assert found.p_value == pytest.approx(
        scipy_stats.boschloo_exact(TABLE, alternative=alternative).pvalue
    )


def test_the_likelihood_test_has_two_sides():
    with pytest.raises(ArgumentImpossible):
        compare_proportions(*SMALL, method="log-likelihood", alternative="less")


def test_the_exact_tests_say_nothing_to_the_log(caplog):
    caplog.set_level("INFO")
    # A table no other test has: exact tests are remembered.
    arms = [Proportion(trials=23, successes=2), Proportion(trials=21, successes=6)]
    for method in ("barnard", "boschloo"):
        compare_proportions(*arms, method=method)
    logging.getLogger().info("still heard")
    assert [record.getMessage() for record in caplog.records] == ["still heard"]
    assert all(getattr(each, "__name__", "") != "_is_not_of_shgo" for each in logging.root.filters)


def test_many_rates_are_compared_as_scipy_does():
    samples = [
        Proportion(trials=n, successes=s) for s, n in ((83, 86), (90, 93), (129, 136), (70, 82))
    ]
    found = stats.equal_rates(samples)
    table = [[each.successes, each.trials - each.successes] for each in samples]
    theirs = scipy_stats.chi2_contingency(table, correction=False)
    assert (found.statistic, found.degrees_of_freedom) == pytest.approx(
        (theirs.statistic, theirs.dof)
    )
    assert found.p_value == pytest.approx(theirs.pvalue)


def test_rates_that_cannot_be_compared_are_named():
    with pytest.raises(TooFewUnits):
        stats.equal_rates(SMALL[:1])
    with pytest.raises(VarianceIsZero):
        stats.equal_rates([Proportion(trials=9, successes=0)] * 3)
