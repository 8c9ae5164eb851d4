from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.outcomes import Outcome, decimal_text, sum_outcomes

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@given(amounts)
@settings(max_examples=100)
def test_an_amount_in_decimals_is_the_amount(amount):
    assert Decimal(decimal_text(Fraction(amount))) == amount


def test_small_debts_keep_their_sign():
    assert decimal_text(Fraction("-0.5")) == "-0.5"


def outcome_of(values):
    return Outcome(
        units=len(values),
        total=sum(map(Fraction, values), start=Fraction(0)),
        total_squares=sum((Fraction(value) ** 2 for value in values), start=Fraction(0)),
    )


@given(st.lists(amounts, min_size=1, max_size=20), st.integers(0, 20))
@settings(max_examples=50)
def test_any_split_gives_the_same_sums(values, cut):
    parts = [outcome_of(values[:cut]), outcome_of(values[cut:])]
    assert sum_outcomes(parts) == outcome_of(values)


def test_no_units_have_empty_moments():
    assert Outcome().mean("sum").units == 0
