from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import Mean, Proportion, SampleImpossible, TooFewUnits, merge

values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)
counts = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(
    lambda pair: Proportion(trials=sum(pair), successes=pair[0])
)


@pytest.mark.parametrize(("trials", "successes"), [(10, 11), (10, -1), (-1, 0)])
def test_impossible_counts_are_refused(trials, successes):
    with pytest.raises(SampleImpossible):
        Proportion(trials=trials, successes=successes)


@pytest.mark.parametrize(
    ("units", "mean", "centred_squares"),
    [(-1, 0.0, 0.0), (5, math.nan, 1.0), (5, 1.0, math.inf), (5, 1.0, -1.0), (1, 1.0, 1.0)],
)
def test_impossible_moments_are_refused(units, mean, centred_squares):
    with pytest.raises(SampleImpossible):
        Mean(units=units, mean=mean, centred_squares=centred_squares)


def test_without_trials_there_is_no_rate():
    with pytest.raises(TooFewUnits):
        _ = Proportion(trials=0, successes=0).rate


def test_one_unit_has_no_variance():
    with pytest.raises(TooFewUnits):
        _ = Mean.of([3.0]).variance


def test_moments_are_numpys():
    column = np.random.default_rng(7).lognormal(size=500)
    sample = Mean.of(column)
    assert (sample.mean, sample.variance) == pytest.approx((column.mean(), column.var(ddof=1)))
    assert sample.variance_of_mean == pytest.approx(column.var(ddof=1) / 500)


def test_a_published_variance_comes_back():
    assert Mean.from_variance(units=12, mean=4.0, variance=2.5).variance == 2.5


def test_no_units_are_the_neutral_sample():
    nobody, some = Mean.of([]), Mean.of([1.0, 5.0])
    assert (nobody + nobody, nobody + some, some + nobody) == (nobody, some, some)


def test_nothing_cannot_be_merged():
    with pytest.raises(TooFewUnits):
        merge([])


@given(values, st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=100)
def test_any_split_of_the_units_gives_the_same_moments(column, first, second):
    low, high = sorted([first, second])
    whole = Mean.of(column)
    parts = [Mean.of(column[:low]), Mean.of(column[low:high]), Mean.of(column[high:])]
    merged = merge(parts)
    scale = max(map(abs, column)) or 1.0
    assert merged.units == whole.units
    assert merged.mean == pytest.approx(whole.mean, abs=1e-12 * scale)
    assert merged.centred_squares == pytest.approx(
        whole.centred_squares, rel=1e-9, abs=1e-18 * scale**2 * len(column)
    )


@given(values, values, values)
@settings(max_examples=100)
def test_merging_is_associative(first, second, third):
    a, b, c = Mean.of(first), Mean.of(second), Mean.of(third)
    left, right = (a + b) + c, a + (b + c)
    scale = max(map(abs, [*first, *second, *third])) or 1.0
    assert left.units == right.units
    assert left.mean == pytest.approx(right.mean, abs=1e-12 * scale)
    assert left.centred_squares == pytest.approx(
        right.centred_squares, rel=1e-9, abs=1e-15 * scale**2
    )


@given(counts, counts, counts)
@settings(max_examples=50)
def test_counts_merge_exactly_in_any_order(a, b, c):
    assert (a + b) + c == a + (b + c) == merge([c, b, a])


def test_a_shift_of_a_billion_leaves_the_variance():
    column = np.random.default_rng(11).normal(size=1_000)
    shifted = merge([Mean.of(column[:300] + 1e9), Mean.of(column[300:] + 1e9)])
    assert shifted.variance == pytest.approx(column.var(ddof=1), rel=1e-6)
