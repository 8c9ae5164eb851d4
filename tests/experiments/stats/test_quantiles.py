from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as scipy_stats

from experiments.stats import (
    ArgumentImpossible,
    Moments,
    Quantile,
    Ranks,
    SampleImpossible,
    TooFewUnits,
    VarianceIsZero,
    cluster_factor,
    compare_quantiles,
    quantile_ranks,
    relative_quantile_lift,
)


def test_the_ranks_hold_the_quantile_as_often_as_promised():
    at = quantile_ranks(500, share=0.9)
    # P(low <= units below < high) of the binomial count, by its own distribution.
    held = scipy_stats.binom.cdf(at.high - 1, 500, 0.9) - scipy_stats.binom.cdf(
        at.low - 1, 500, 0.9
    )
    assert 0.95 <= held < 0.97


def test_a_database_that_delivers_three_ranks_gives_the_same_as_all_values():
    values = np.random.default_rng(5).gamma(2, 3, size=4_000)
    at, ordered = quantile_ranks(4_000, share=0.75), np.sort(values)
    delivered = Quantile(
        units=4_000,
        share=0.75,
        value=ordered[at.middle - 1],
        low=ordered[at.low - 1],
        high=ordered[at.high - 1],
    )
    assert delivered == Quantile.of(values, share=0.75)


def test_the_difference_is_right_about_its_error_on_skewed_values():
    rng = np.random.default_rng(11)
    found = [
        compare_quantiles(*(Quantile.of(rng.gamma(2, 3, 800), share=0.9) for _ in range(2)))
        for _ in range(800)
    ]
    estimates = np.array([each.estimate for each in found])
    errors = np.array([each.standard_error for each in found])
    assert estimates.std() == pytest.approx(np.sqrt((errors**2).mean()), rel=0.08)
    assert np.mean([each.p_value < 0.05 for each in found]) == pytest.approx(0.05, abs=0.025)


def test_clusters_widen_the_ranks_as_much_as_the_count_varies():
    rng = np.random.default_rng(3)
    # Each unit has ten events that are all the same: the count varies ten times as much.
    below = rng.random(3_000) < 0.5
    units = Moments.of(np.column_stack([10 * below, np.full(3_000, 10)]))
    factor = cluster_factor(units, share=0.5)
    assert factor == pytest.approx(10, rel=0.02)
    narrow, wide = (quantile_ranks(30_000, share=0.5, cluster_factor=each) for each in (1, factor))
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(10**0.5, rel=0.02)
    values = rng.random(1_000)
    plain, clustered = (
        Quantile.of(values, share=0.5, cluster_factor=each).interval for each in (1.0, 4.0)
    )
    assert clustered.low < plain.low < plain.high < clustered.high


def test_the_lift_is_relative_to_the_control():
    control, treatment = (Quantile.of(np.arange(low, low + 900), share=0.5) for low in (100, 145))
    lift = relative_quantile_lift(control, treatment)
    assert lift.estimate == pytest.approx(45 / 549)
    assert lift.low < lift.estimate < lift.high


def test_a_share_that_is_a_rounding_error_above_a_rank_keeps_its_rank():
    # 100 * 0.07 is 7.000000000000001 in binary.
    assert quantile_ranks(100, share=0.07, confidence=0.5) == Ranks(middle=7, low=5, high=10)


@pytest.mark.parametrize("units", [0, 20])
def test_too_few_values_for_the_quantile_are_named(units):
    with pytest.raises(TooFewUnits):
        Quantile.of(np.arange(units), share=0.95)


@pytest.mark.parametrize("options", [{"share": 1.0}, {"share": 0.5, "cluster_factor": 0.0}])
def test_options_without_a_meaning_are_named(options):
    with pytest.raises(ArgumentImpossible):
        quantile_ranks(100, **options)
    with pytest.raises(ArgumentImpossible):
        cluster_factor(Moments.of([[1, 1], [0, 1]]), share=1.5)


@pytest.mark.parametrize("ends", [(1.0, float("nan")), (3.0, 4.0), (1.0, 1.5)])
def test_values_that_are_no_order_statistics_are_named(ends):
    with pytest.raises(SampleImpossible):
        Quantile(units=100, share=0.5, value=2.0, low=ends[0], high=ends[1])


def test_two_quantiles_are_compared_only_if_they_are_the_same_and_have_an_error():
    flat = Quantile(units=100, share=0.5, value=2.0, low=2.0, high=2.0)
    with pytest.raises(VarianceIsZero):
        compare_quantiles(flat, flat)
    with pytest.raises(ArgumentImpossible):
        compare_quantiles(flat, Quantile(units=100, share=0.6, value=2.0, low=1.0, high=2.0))
