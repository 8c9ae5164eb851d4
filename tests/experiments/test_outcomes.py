from __future__ import annotations

import statistics
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import stats
from experiments.outcomes import Measured, Outcome, columns_of, decimal_text, sum_outcomes
from experiments.plans import MetricSpec

COLUMNS = columns_of(MetricSpec(key="o", name="O", kind="count", event_name="o"))

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@given(amounts)
@settings(max_examples=100)
def test_an_amount_in_decimals_is_the_amount(amount):
    assert Decimal(decimal_text(Fraction(amount))) == amount


def test_small_debts_keep_their_sign():
    assert decimal_text(Fraction("-0.5")) == "-0.5"


def outcome_of(values):
    scaled = [int(value.scaleb(4)) for value in values]
    return Outcome(
        units=len(values),
        doers=sum(value != 0 for value in scaled),
        sums=(sum(scaled),),
        products=(sum(value * value for value in scaled),),
    )


@given(st.lists(amounts, min_size=1, max_size=20), st.integers(0, 20))
@settings(max_examples=50)
def test_any_split_gives_the_same_sums(values, cut):
    parts = [outcome_of(values[:cut]), outcome_of(values[cut:])]
    assert sum_outcomes(parts) == outcome_of(values)


@given(st.lists(amounts, min_size=2, max_size=20))
@settings(max_examples=100)
def test_the_mean_and_the_variance_are_those_of_exact_arithmetic(values):
    mean = outcome_of(values).mean()
    exact = statistics.variance([Fraction(value) for value in values])
    assert mean.mean == float(Fraction(sum(values, start=Decimal(0))) / len(values))
    assert mean.variance == pytest.approx(float(exact), rel=1e-15)


def test_no_units_have_empty_moments():
    assert Outcome().mean().units == 0
    assert Outcome().moments(COLUMNS).units == 0


def test_every_kind_of_metric_keeps_the_columns_it_needs():
    ratio = MetricSpec(
        key="r", name="R", kind="ratio", event_name="a", denominator_event="b", covariate_days=7
    )
    assert columns_of(ratio).names == ("value", "denominator", "before", "denominator_before")
    assert len(columns_of(ratio).pairs) == 10
    assert COLUMNS.names == ("value",)


ADJUSTED = columns_of(MetricSpec(key="o", name="O", kind="sum", event_name="o", covariate_days=7))


def test_units_of_whom_nobody_did_anything_have_moments_of_any_width():
    assert Outcome(units=8).moments(ADJUSTED).means == (0.0, 0.0)


def measured(values, befores=None, doers=None):
    columns = [values] if befores is None else [values, befores]
    return Measured(
        joint=stats.Moments.of(list(zip(*columns, strict=True))),
        total=Fraction(sum(values)),
        doers=doers,
    )


def test_what_was_measured_answers_as_exact_sums_do():
    values = [Decimal(3), Decimal(0), Decimal("7.25")]
    exact, found = outcome_of(values), measured([3.0, 0.0, 7.25], doers=2)
    assert (found.units, found.doers, found.total) == (exact.units, exact.doers, exact.total)
    assert found.mean().mean == pytest.approx(exact.mean().mean, rel=1e-15)
    assert found.mean().centred_squares == pytest.approx(exact.mean().centred_squares, rel=1e-15)
    assert found.moments(COLUMNS) == found.joint


def test_of_a_share_the_sum_is_who_did_it():
    assert measured([1, 0, 1, 1]).proportion() == stats.Proportion(trials=4, successes=3)


def test_what_was_measured_adds_up():
    parts = [measured([1.0, 2.0], [5.0, 6.0], 2), measured([4.0], [0.0], 1)]
    whole = sum_outcomes([*parts, Outcome()])
    expected = measured([1.0, 2.0, 4.0], [5.0, 6.0, 0.0], 3)
    assert (whole.total, whole.doers) == (expected.total, expected.doers)
    assert whole.joint.products[0] == pytest.approx(expected.joint.products[0])


def test_doers_are_unknown_where_a_part_has_not_counted_them():
    assert (measured([1.0], doers=1) + measured([2.0])).doers is None


def test_columns_that_were_not_measured_are_not_made_up():
    with pytest.raises(stats.SampleImpossible, match="1 columns were measured, and 2 asked for"):
        measured([1.0]).moments(ADJUSTED)
