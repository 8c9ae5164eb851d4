"""Against figures from elsewhere: Jennison and Turnbull's tables, Fleiss' formula, simulation."""

from __future__ import annotations

import numpy as np
import pytest

from experiments import stats
from experiments.results.prices import people_needed, price_of


def test_one_look_costs_nothing():
    price = price_of("fixed", units=5_000)
    assert (price.width, price.power, price.times) == (1.0, 0.8, 1.0)


@pytest.mark.parametrize(
    ("spending", "times"), [("obrien-fleming", 1.025), ("pocock", 1.213)]
)  # fmt: skip
def test_planned_looks_cost_what_the_tables_say(spending, times):
    price = price_of("group_sequential", units=1_000, looks=5, spending=spending)
    assert price.times == pytest.approx(times, abs=0.003)


def test_at_any_time_power_is_that_of_the_wider_interval():
    """The share of normal draws beyond the rule's bound, at the drift of 80 % power."""
    price = price_of("anytime", units=5_000)
    edge = price.width * 1.959964
    draws = np.random.default_rng(1).normal(2.801585, 1.0, 400_000)
    assert price.power == pytest.approx((np.abs(draws) > edge).mean(), abs=0.004)


def test_so_many_times_the_people_bring_the_power_back():
    price = price_of("anytime", units=5_000)
    more = round(5_000 * price.times)
    edge = stats.anytime_multiplier(more)
    draws = np.random.default_rng(2).normal(2.801585 * price.times**0.5, 1.0, 400_000)
    assert (np.abs(draws) > edge).mean() == pytest.approx(0.8, abs=0.004)


def test_two_equal_arms_need_what_fleiss_says():
    people = people_needed(0.05, 0.2, weights={"a": 0.5, "b": 0.5}, control="a")
    assert people.units == pytest.approx(2 * 8_158, rel=0.002)


def test_a_rare_arm_asks_for_more_people_and_the_rule_multiplies_them():
    equal = people_needed(0.05, 0.2, weights={"a": 0.5, "b": 0.5}, control="a").units
    uneven = people_needed(0.05, 0.2, weights={"a": 0.9, "b": 0.1}, control="a").units
    watched = people_needed(0.05, 0.2, weights={"a": 0.5, "b": 0.5}, control="a", times=2.0).units
    assert uneven > 2.5 * equal
    assert watched == pytest.approx(2 * equal, abs=1)


@pytest.mark.parametrize(
    ("audience", "per_day", "days"),
    [(20_000, 10.0, 0), (16_000, 100.0, 4), (16_000, None, None), (None, 1_632.0, 10)],
)
def test_days_are_those_until_enough_people_are_there(audience, per_day, days):
    people = people_needed(
        0.05, 0.2, weights={"a": 0.5, "b": 0.5}, control="a", audience=audience, per_day=per_day
    )
    assert people.days == days


@pytest.mark.parametrize(("baseline", "lift"), [(0.6, 1.0), (0.0, 0.1), (0.5, 0.0)])
def test_a_rate_that_cannot_be_is_refused(baseline, lift):
    with pytest.raises(stats.ArgumentImpossible):
        people_needed(baseline, lift, weights={"a": 0.5, "b": 0.5}, control="a")
