"""The check of the split where the weights have changed on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.outcomes import Samples
from experiments.plans import ArmPlan
from experiments.results.balance import check_balance, expected_shares

ARMS = (
    ArmPlan(id=1, key="control", weight=0.1, is_control=True),
    ArmPlan(id=2, key="calm", weight=0.9, is_control=False),
)
HALVES = {"control": 0.5, "calm": 0.5}
MOSTLY_CALM = {"control": 0.1, "calm": 0.9}


def samples(*periods: tuple[int, int]) -> Samples:
    """Of each period: units of control, units of calm."""
    by_period = {
        (number, key): units
        for number, sizes in enumerate(periods)
        for key, units in zip(HALVES, sizes, strict=True)
    }
    units = {("", key): sum(n for (_, arm), n in by_period.items() if arm == key) for key in HALVES}
    return Samples(units=units, outcomes={}, periods=by_period)


def test_a_ramp_at_the_same_weights_expects_what_one_period_would():
    found = expected_shares(ARMS, samples((10, 12), (95, 83)), {0: HALVES, 1: HALVES})
    assert found == [100.0, 100.0]


def test_a_bandits_periods_are_each_expected_by_their_own_weights():
    seen, weights = samples((500, 500), (100, 900)), {0: HALVES, 1: MOSTLY_CALM}
    assert expected_shares(ARMS, seen, weights) == [600.0, 1400.0]
    assert not check_balance(ARMS, seen, weights)[0].is_mismatch
    assert check_balance(ARMS, seen, {0: MOSTLY_CALM, 1: MOSTLY_CALM})[0].is_mismatch


def test_an_arm_that_got_nobody_is_still_expected_to_have_some():
    assert expected_shares(ARMS, samples((40, 0)), {0: HALVES}) == [20.0, 20.0]


@given(st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 9_999)), min_size=1, max_size=5))
def test_as_many_are_expected_as_there_are(sizes):
    weights = {number: HALVES if number % 2 else MOSTLY_CALM for number in range(5)}
    found = expected_shares(ARMS, samples(*sizes), weights)
    assert sum(found) == pytest.approx(sum(map(sum, sizes)))
