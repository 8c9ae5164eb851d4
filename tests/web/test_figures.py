from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import figures


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (figures.count(1234567), "1,234,567"),
        (figures.percent(0.1234), "12.3%"),
        (figures.percent(0.0123), "1.23%"),
        (figures.percent(0.00042), "0.042%"),
        (figures.percent(0.0), "0%"),
        (figures.signed_percent(0.123), "+12.3%"),
        (figures.signed_percent(-0.041), "\N{MINUS SIGN}4.1%"),
        (figures.signed_percent(12.5), "+1,250.0%"),
        (figures.signed_points(0.0123), "+1.23 pp"),
        (figures.points(0.02685), "2.685 pp"),
        (figures.points(0.0000001), "< 0.001 pp"),
        (figures.interval(0.041, 0.21), "[+4.1%, +21.0%]"),
        (figures.interval(-0.2, None), "[\N{MINUS SIGN}20.0%, no limit]"),
        (figures.p_value(0.0312), "0.031"),
        (figures.p_value(0.00001), "< 0.001"),
        (figures.chance(0.9999), "> 99.9%"),
        (figures.chance(1.0), "> 99.9%"),
        (figures.chance(0.0004), "< 0.1%"),
        (figures.amount(Decimal("1000000.00")), "1,000,000.00"),
        (figures.amount(0.01234), "0.0123"),
        (figures.signed_amount(-2), "\N{MINUS SIGN}2.00"),
    ],
)
def test_numbers_read_well(shown, wanted):
    assert shown == wanted


@pytest.mark.parametrize(
    "form",
    [
        figures.count, figures.percent, figures.signed_percent, figures.signed_points,
        figures.points, figures.p_value, figures.chance, figures.amount, figures.signed_amount,
    ],
)  # fmt: skip
def test_what_is_not_known_is_a_dash(form):
    assert form(None) == "\N{EM DASH}"


@given(st.floats(0, 1))
def test_no_chance_is_shown_as_certain(probability):
    assert figures.chance(probability) not in {"0.0%", "100.0%"}
