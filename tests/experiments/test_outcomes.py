from __future__ import annotations

import statistics
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.outcomes import Outcome, columns_of, decimal_text, sum_outcomes
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
