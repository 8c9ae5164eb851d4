from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import stats
from experiments.periods import expected_units

HALVES = {"control": 0.5, "calm": 0.5}
MOSTLY_CALM = {"control": 0.1, "calm": 0.9}


def test_one_period_is_its_units_by_its_weights():
    units = {(0, "control"): 30, (0, "calm"): 70}
    assert expected_units(units, {0: HALVES}) == {"control": 50.0, "calm": 50.0}


def test_a_ramp_at_the_same_weights_expects_what_one_period_would():
    units = {(0, "control"): 10, (0, "calm"): 12, (1, "control"): 95, (1, "calm"): 83}
    assert expected_units(units, {0: HALVES, 1: HALVES}) == {"control": 100.0, "calm": 100.0}


def test_a_bandits_periods_are_each_expected_by_their_own_weights():
    units = {(0, "control"): 500, (0, "calm"): 500, (1, "control"): 100, (1, "calm"): 900}
    found = expected_units(units, {0: HALVES, 1: MOSTLY_CALM})
    assert found == {"control": 600.0, "calm": 1400.0}
    observed = [600, 1400]
    shares = [found[arm] / 2000 for arm in HALVES]
    assert not stats.check_sample_ratio(observed, shares).is_mismatch
    # What a check against the last weights alone would have said.
    assert stats.check_sample_ratio(observed, list(MOSTLY_CALM.values())).is_mismatch


def test_an_arm_that_got_nobody_is_still_expected_to_have_some():
    assert expected_units({(0, "control"): 40}, {0: HALVES}) == {"control": 20.0, "calm": 20.0}


def test_a_period_without_units_says_nothing():
    assert expected_units({(1, "calm"): 10}, {0: HALVES, 1: MOSTLY_CALM}) == {
        "control": 1.0,
        "calm": 9.0,
    }


@pytest.mark.parametrize("units", [{(2, "calm"): 5}, {(0, "urgency"): 5}])
def test_units_without_a_known_weight_are_refused(units):
    with pytest.raises(stats.ArgumentImpossible, match="is not known"):
        expected_units(units, {0: HALVES})


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 3), st.sampled_from(["control", "calm"])),
        st.integers(0, 10_000),
    )
)
def test_as_many_are_expected_as_there_are(units):
    weights = {period: HALVES if period % 2 else MOSTLY_CALM for period in range(4)}
    assert sum(expected_units(units, weights).values()) == pytest.approx(sum(units.values()))
