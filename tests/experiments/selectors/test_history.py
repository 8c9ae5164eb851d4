from __future__ import annotations

from datetime import timedelta

import pytest

from experiments.selectors import commonest_events, unit_history
from tests.factories.experiments import STARTED_AT, order

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = STARTED_AT + 10 * DAY


def bought(kind, *, days=7):
    found = unit_history("Order Completed", kind, days=days, now=NOW)
    return sorted(zip(found.values.tolist(), found.before.tolist(), strict=True))


@pytest.fixture
def shop():
    """Ann buys twice and did before; Bob only looks; Cid was there before alone."""
    order("ann", "10", at=NOW - DAY)
    order("ann", "2.5", at=NOW - 2 * DAY)
    order("ann", "4", at=NOW - 8 * DAY)
    order("bob", None, at=NOW - DAY, name="Visited")
    order("cid", "99", at=NOW - 9 * DAY)
    order("dan", "99", at=NOW)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("sum", [(0.0, 0.0), (12.5, 4.0)]),
        ("count", [(0.0, 0.0), (2.0, 1.0)]),
        ("conversion", [(0.0, 0.0), (1.0, 1.0)]),
    ],
)
def test_each_unit_seen_in_the_period_has_a_value_and_the_one_before(shop, kind, expected):
    assert bought(kind) == expected


def test_a_log_without_units_has_no_history():
    assert bought("sum") == []


def test_the_commonest_events_come_first(shop):
    assert commonest_events(days=7, now=NOW) == ["Order Completed", "Visited"]
