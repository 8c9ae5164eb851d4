from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.stats import (
    ArgumentImpossible,
    BaselineNotPositive,
    Mean,
    Measure,
    Moments,
    SampleImpossible,
    TooFewUnits,
    compare_means,
    merge,
)

RATIO = Measure(numerator=0, denominator=1)
tables = arrays(
    np.float64,
    st.tuples(st.integers(1, 25), st.just(3)),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False),
)


def orders(rng, units, *, price=20.0):
    """Revenue and number of orders of each buyer: they move together."""
    count = 1 + rng.poisson(1.0, units)
    return np.column_stack([count * rng.gamma(2.0, price / 2, units), count])


# Squares below it have lost their digits, however they are added.
SUBNORMAL = float(np.finfo(np.float64).smallest_normal)


def test_moments_are_numpys():
    table = np.random.default_rng(3).lognormal(size=(400, 3))
    moments = Moments.of(table)
    assert moments.means == pytest.approx(table.mean(axis=0))
    assert moments.covariance == pytest.approx(np.cov(table.T))


@given(tables, st.integers(0, 25), st.integers(0, 25))
@settings(max_examples=80)
def test_any_split_of_the_units_gives_the_same_moments(table, first, second):
    low, high = sorted([first, second])
    whole = Moments.of(table)
    merged = merge([Moments.of(part) for part in (table[:low], table[low:high], table[high:])])
    scale = np.abs(table).max() or 1.0
    assert merged.units == whole.units
    assert merged.means == pytest.approx(whole.means, abs=1e-12 * scale)
    assert np.asarray(merged.products) == pytest.approx(
        np.asarray(whole.products), rel=1e-9, abs=1e-12 * scale**2 + SUBNORMAL
    )


@given(tables, tables)
@settings(max_examples=50)
def test_a_column_of_the_moments_is_the_sample_of_that_column(first, second):
    merged = Moments.of(first) + Moments.of(second)
    alone = Mean.of(first[:, 1]) + Mean.of(second[:, 1])
    scale = max(np.abs(first).max(), np.abs(second).max()) or 1.0
    ours = merged.sample(Measure(numerator=1))
    assert (ours.units, ours.mean) == (alone.units, pytest.approx(alone.mean, abs=1e-12 * scale))
    assert ours.centred_squares == pytest.approx(
        alone.centred_squares, rel=1e-9, abs=1e-12 * scale**2 + SUBNORMAL
    )


def test_a_shift_of_a_billion_leaves_variances_and_covariances():
    table = np.random.default_rng(4).multivariate_normal([0, 0], [[1, 0.6], [0.6, 2]], 2_000)
    near = Moments.of(table)
    far = merge([Moments.of(table[:700] + 1e9), Moments.of(table[700:] + 1e9)])
    assert far.covariance == pytest.approx(near.covariance, rel=1e-5)


def test_a_ratio_of_ones_is_the_mean():
    revenue = np.random.default_rng(5).lognormal(size=60)
    ours = Moments.of(np.column_stack([revenue, np.ones(60)])).sample(RATIO)
    alone = Mean.of(revenue)
    assert (ours.mean, ours.variance) == pytest.approx((alone.mean, alone.variance))


def test_the_error_of_a_ratio_is_the_spread_of_its_bootstrap():
    rng = np.random.default_rng(20240601)
    table = orders(rng, 500)
    draws = table[rng.integers(0, 500, (4_000, 500))].sum(axis=1)
    error = math.sqrt(Moments.of(table).sample(RATIO).variance_of_mean)
    assert error == pytest.approx((draws[:, 0] / draws[:, 1]).std(), rel=0.05)


def test_a_true_null_of_a_ratio_is_rejected_at_its_level():
    rng = np.random.default_rng(20240602)
    p_values = [
        compare_means(*(Moments.of(orders(rng, 300)).sample(RATIO) for _ in range(2))).p_value
        for _ in range(2_000)
    ]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.015)


def test_a_column_over_itself_is_one_without_error():
    one = Moments.of([[1.0, 2.0], [3.0, 5.0]]).sample(Measure(numerator=1, denominator=1))
    assert (one.mean, one.centred_squares) == (1.0, 0.0)


def test_no_units_are_the_neutral_moments():
    nobody, some = Moments.of(np.empty((0, 2))), Moments.of([[1.0, 2.0], [3.0, 5.0]])
    assert nobody == Moments.none(columns=2)
    assert (nobody + nobody, nobody + some, some + nobody) == (nobody, some, some)


def test_a_published_covariance_comes_back():
    matrix = [[2.0, 0.5], [0.5, 3.0]]
    moments = Moments.from_covariance(units=11, means=[1.0, 2.0], covariance=matrix)
    assert moments.covariance.tolist() == matrix


@pytest.mark.parametrize(
    ("units", "means", "products"),
    [
        (2, (), ()),
        (2, (1.0,), ((1.0,), (1.0,))),
        (2, (1.0, 2.0), ((1.0, 0.0), (0.0,))),
        (-1, (1.0,), ((0.0,),)),
        (2, (math.nan,), ((1.0,),)),
        (2, (1.0,), ((math.inf,),)),
        (2, (1.0,), ((-1.0,),)),
        (1, (1.0,), ((1.0,),)),
        (5, (1.0, 1.0), ((1.0, 0.5), (0.2, 1.0))),
        (5, (1.0, 1.0), ((1.0, 1.5), (1.5, 1.0))),
    ],
)
def test_impossible_moments_are_refused(units, means, products):
    with pytest.raises(SampleImpossible):
        Moments(units=units, means=means, products=products)


@pytest.mark.parametrize("rows", [[1.0, 2.0], np.empty((3, 0))])
def test_only_a_table_has_moments(rows):
    with pytest.raises(SampleImpossible):
        Moments.of(rows)


def test_other_columns_cannot_be_merged():
    with pytest.raises(SampleImpossible):
        Moments.none(columns=2) + Moments.none(columns=3)


def test_one_unit_has_no_covariance():
    with pytest.raises(TooFewUnits):
        _ = Moments.of([[1.0, 2.0]]).covariance


def test_no_units_have_no_ratio():
    with pytest.raises(TooFewUnits):
        Moments.none(columns=2).sample(RATIO)


@pytest.mark.parametrize("measure", [Measure(numerator=2), Measure(numerator=0, denominator=-1)])
def test_a_column_that_is_not_there_is_refused(measure):
    with pytest.raises(ArgumentImpossible):
        Moments.of([[1.0, 2.0]]).figure(measure)


@pytest.mark.parametrize("below", [0.0, -1.0])
def test_a_ratio_over_nothing_or_less_is_an_error(below):
    with pytest.raises(BaselineNotPositive):
        Moments.of([[1.0, below]]).sample(RATIO)


def test_a_ratio_of_sums_per_unit_serves_rows_inside_randomised_units():
    """Page loads of visitors: the delta method is the cluster-robust error of a regression."""
    import statsmodels.api as sm

    rng = np.random.default_rng(31)
    unit = np.repeat(np.arange(600), rng.integers(1, 9, 600))
    treated = unit % 2 == 1
    loads = rng.normal(0, 1, 600)[unit] + rng.normal(0, 1, len(unit)) + 0.2 * treated
    per_unit = np.column_stack([np.bincount(unit, loads), np.bincount(unit)])
    measure = Measure(numerator=0, denominator=1)
    arms = [Moments.of(per_unit[arm::2]).sample(measure) for arm in (0, 1)]
    ours = compare_means(*arms)
    robust = sm.OLS(loads, sm.add_constant(treated.astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": unit}
    )
    assert ours.estimate == pytest.approx(robust.params[1])
    assert ours.standard_error == pytest.approx(robust.bse[1], rel=2e-3)
    # Rows taken for units would promise far too much.
    naive = sm.OLS(loads, sm.add_constant(treated.astype(float))).fit()
    assert naive.bse[1] < 0.7 * ours.standard_error
