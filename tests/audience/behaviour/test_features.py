"""Orders as features: worked out by hand on two people, and refusals."""

import numpy as np
import pytest

from audience.behaviour.features import behaviour_features, recency_frequency_money
from audience.behaviour.orders import Orders
from audience.behaviour.purchase import folds
from audience.behaviour.rfm import Fifths, rfm, rfm_scores
from core.errors import InputRefused

# Unit 0 ordered on days 10, 40 and 90 for 20, 40 and 60; unit 1 once, on day 95.5, for 100.
ORDERS = Orders.of([0, 1, 0, 0], [90, 95.5, 10, 40], [60, 100, 20, 40], lines=[3, 1, 1, 2])


def test_orders_are_sorted_by_unit_and_time():
    assert ORDERS.unit.tolist() == [0, 0, 0, 1]
    assert ORDERS.at.tolist() == [10, 40, 90, 95.5]
    assert ORDERS.value.tolist() == [20, 40, 60, 100]


def test_rfm_is_what_a_hand_works_out():
    since, count, total = rfm(ORDERS, at=100)

    assert (since.tolist(), count.tolist(), total.tolist()) == ([10, 4.5], [3, 1], [120, 100])
    expected = np.log1p([[10, 3, 120], [4.5, 1, 100]])
    assert recency_frequency_money(ORDERS, at=100) == pytest.approx(expected)


def test_features_are_what_a_hand_works_out():
    found = behaviour_features(ORDERS, at=100)

    def back(name):
        return np.expm1(found[name]).round(6).tolist()

    # The median order is 50.
    assert back("total") == [2.4, 2.0]
    assert back("basket") == [0.8, 2.0]
    assert back("last_basket") == [1.2, 2.0]
    assert back("recency") == [10, 4.5]
    assert back("orders") == [3, 1]
    assert back("days") == [3, 1]
    # Months of 30.4375 days: 10 is in the first, 40 in the second, 90 in the third.
    assert back("months") == [3, 1]
    assert back("lines") == [6, 1]
    fading = np.exp([-90 / 30, -60 / 30, -10 / 30]).sum(), np.exp(-4.5 / 30)
    assert np.expm1(found["fading_30"]).tolist() == pytest.approx(fading)
    assert all(np.isfinite(column).all() for column in found.values())


def test_money_counts_in_the_shops_own_median():
    dearer = Orders.of(ORDERS.unit, ORDERS.at, ORDERS.value * 1000, lines=ORDERS.lines)

    before, after = behaviour_features(ORDERS, at=100), behaviour_features(dearer, at=100)

    assert all(after[name] == pytest.approx(before[name]) for name in before)


def test_scores_are_fifths_of_the_shop():
    every = np.arange(1.0, 101)
    fifths = Fifths.of(every, every, every)

    best = rfm_scores(1, 100, 100, fifths)
    worst = rfm_scores(100, 2, 1, fifths)
    middle = rfm_scores(50, 50, 50, fifths)

    assert [best[name] for name in ("recency", "frequency", "money")] == [5, 5, 5]
    assert [worst[name] for name in ("recency", "frequency", "money")] == [1, 1, 1]
    assert [middle[name] for name in ("recency", "frequency", "money")] == [3, 3, 3]
    assert (best["group"], worst["group"], middle["group"]) == ("champions", "lapsed", "occasional")
    held = [sum(rfm_scores(one, 2, 1, fifths)["recency"] == score for one in every)
            for score in range(1, 6)]  # fmt: skip
    assert held == [20] * 5


def test_a_unit_without_orders_is_refused():
    with pytest.raises(InputRefused, match="every unit"):
        behaviour_features(Orders.of([0], [1.0], [5.0], units=2), at=10)


def test_an_order_of_the_future_is_refused():
    with pytest.raises(InputRefused, match="later than every order"):
        behaviour_features(ORDERS, at=95)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(InputRefused, match="value must be a finite number"):
        Orders.of([0], [1.0], [value])


def test_units_are_numbered_anew_when_some_are_left_out():
    kept = ORDERS.of_units(np.array([False, True]))

    assert (kept.unit.tolist(), kept.value.tolist(), kept.units) == ([0], [100], 1)


def test_orders_between_two_moments():
    assert ORDERS.between(40, 95).at.tolist() == [40, 90]


def test_folds_hold_every_row_out_once():
    held = np.array(list(folds(23, count=4, seed=1)))

    assert held.sum(0).tolist() == [1] * 23
