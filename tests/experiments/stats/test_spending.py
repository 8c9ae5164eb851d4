from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from experiments.stats import ArgumentImpossible, classic_constant, plan_looks

FIVE = [0.2, 0.4, 0.6, 0.8, 1.0]


@pytest.mark.parametrize(
    ("spending", "printed"),
    [
        ("obrien-fleming", [4.877, 3.357, 2.680, 2.290, 2.031]),
        ("pocock", [2.438, 2.427, 2.410, 2.397, 2.386]),
    ],
)
def test_the_bounds_are_those_of_the_published_programs(spending, printed):
    assert plan_looks(FIVE, spending=spending).bounds == pytest.approx(printed, abs=1e-3)


@pytest.mark.parametrize(
    ("looks", "pocock", "obrien_fleming"),
    [(2, 2.178, 1.977), (3, 2.289, 2.004), (4, 2.361, 2.024), (5, 2.413, 2.040)],
)
def test_the_constants_are_those_of_jennison_and_turnbull(looks, pocock, obrien_fleming):
    ours = [classic_constant(looks, shape=shape) for shape in ("pocock", "obrien-fleming")]
    assert ours == pytest.approx([pocock, obrien_fleming], abs=1e-3)


@pytest.mark.parametrize(("looks", "rate"), [(2, 0.083), (5, 0.142), (10, 0.193)])
def test_peeking_with_the_fixed_bound_is_armitages_table(looks, rate):
    plan = plan_looks([(k + 1) / looks for k in range(looks)])
    fixed = type(plan)(
        information=plan.information, bounds=(1.959964,) * looks, spent=plan.spent, sides=2
    )
    assert sum(fixed.crossing()) == pytest.approx(rate, abs=6e-4)


@given(
    st.lists(st.floats(0.02, 1.0), min_size=1, max_size=6, unique=True),
    st.sampled_from(["obrien-fleming", "pocock", "power"]),
    st.sampled_from([1, 2]),
)
@settings(max_examples=40, deadline=None)
def test_what_is_spent_is_what_is_crossed(shares, spending, sides):
    rising = sorted(shares)
    information = [
        share for share, last in zip(rising, [0.0, *rising], strict=False) if share - last > 0.01
    ]
    plan = plan_looks(information, spending=spending, sides=sides)
    assert np.cumsum(plan.crossing()) == pytest.approx(plan.spent, abs=1e-8)


def test_a_single_look_at_the_end_is_the_fixed_test():
    plan = plan_looks([1.0])
    assert plan.bounds == pytest.approx([1.959964], abs=1e-5)
    power = scipy_stats.norm.cdf(2.8 - 1.959964) + scipy_stats.norm.cdf(-2.8 - 1.959964)
    assert plan.crossing(drift=2.8) == pytest.approx([power])


def test_power_is_what_simulated_walks_find():
    plan = plan_looks([0.3, 0.7, 1.0], spending="pocock", sides=1)
    rng = np.random.default_rng(20240607)
    steps = np.diff([0.0, *plan.information])
    walks = (rng.normal(2.5 * steps, np.sqrt(steps), (40_000, 3))).cumsum(axis=1)
    found = (walks / np.sqrt(plan.information) >= plan.bounds).any(axis=1).mean()
    assert sum(plan.crossing(drift=2.5)) == pytest.approx(found, abs=0.008)


@pytest.mark.parametrize("drift", [-30.0, 30.0])
def test_an_effect_beyond_doubt_is_found_or_refuted_at_once(drift):
    plan = plan_looks([0.5, 1.0], sides=1)
    assert sum(plan.crossing(drift=drift)) == pytest.approx(float(drift > 0), abs=1e-9)


def test_so_little_spent_that_no_bound_is_reached():
    assert plan_looks([0.0005, 1.0]).bounds[0] > 30


@pytest.mark.parametrize(
    "call",
    [
        lambda: plan_looks([]),
        lambda: plan_looks([0.5, 0.5]),
        lambda: plan_looks([0.5, 1.1]),
        lambda: plan_looks([1.0], level=0.0),
        lambda: plan_looks([1.0], sides=3),
        lambda: plan_looks([1.0], spending="all"),
        lambda: plan_looks([1.0], spending="power", exponent=0),
        lambda: classic_constant(0, shape="pocock"),
        lambda: classic_constant(3, shape="flat"),
    ],
)
def test_plans_that_make_no_sense_are_refused(call):
    with pytest.raises(ArgumentImpossible):
        call()
