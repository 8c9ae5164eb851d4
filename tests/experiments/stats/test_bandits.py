from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import (
    ArgumentImpossible,
    BetaPosterior,
    NormalPosterior,
    TooFewUnits,
    allocate_traffic,
)

betas = st.builds(BetaPosterior, alpha=st.integers(1, 300), beta=st.integers(1, 3000))
normals = st.builds(NormalPosterior, mean=st.floats(-5, 5), deviation=st.floats(0.05, 5))
arms = st.lists(betas, min_size=2, max_size=5) | st.lists(normals, min_size=2, max_size=5)
strategies = st.sampled_from(["thompson", "top-two"])


def weights(posteriors, **options):
    units = [1_000] * len(posteriors)
    return np.array(allocate_traffic(posteriors, units=units, **options).weights)


@given(arms, strategies, st.booleans(), st.floats(0, 0.2), st.floats(0, 0.2))
@settings(max_examples=100, deadline=None)
def test_weights_add_up_to_one_and_keep_every_floor(
    posteriors, strategy, is_lower_better, floor, control_floor
):
    found = weights(
        posteriors,
        strategy=strategy,
        is_lower_better=is_lower_better,
        floor=floor,
        control_floor=control_floor,
    )
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert found.min() >= floor - 1e-12
    assert found[0] >= control_floor - 1e-12


@given(arms, strategies, st.booleans(), st.floats(0, 0.2))
@settings(max_examples=100, deadline=None)
def test_an_arm_more_likely_the_best_never_gets_less(posteriors, strategy, is_lower_better, floor):
    units = [1_000] * len(posteriors)
    found = allocate_traffic(
        posteriors, units=units, strategy=strategy, is_lower_better=is_lower_better, floor=floor
    )
    in_order = np.array(found.weights)[np.argsort(found.is_best)]
    assert (np.diff(in_order) >= -1e-12).all()


@given(arms, strategies)
@settings(max_examples=80, deadline=None)
def test_a_metric_and_its_mirror_image_get_the_same_weights(posteriors, strategy):
    mirrored = [posterior.mirrored for posterior in posteriors]
    found = weights(mirrored, strategy=strategy, is_lower_better=True)
    assert found == pytest.approx(weights(posteriors, strategy=strategy), abs=1e-9)


@given(st.lists(normals, min_size=2, max_size=5), strategies, st.floats(0, 0.2), st.floats(0, 0.2))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_arms_does_not_matter(posteriors, strategy, floor, control_floor):
    options = {"strategy": strategy, "floor": floor, "control_floor": control_floor}
    found = weights(posteriors, control=0, **options)
    back = weights(posteriors[::-1], control=len(posteriors) - 1, **options)
    assert back[::-1] == pytest.approx(found, abs=1e-9)


# The peer's top-two gives the best arm of such a metric nothing, and fails on two arms.
def test_the_lowest_of_three_costs_gets_the_most():
    costs = [NormalPosterior(mean=mean, deviation=1.0) for mean in (1.0, 4.0, 9.0)]
    found = weights(costs, strategy="top-two", is_lower_better=True, floor=0.0)
    assert found[0] > found[1] > found[2]
    assert found[0] == pytest.approx(0.5, abs=0.02)


def test_top_two_is_what_drawing_twice_gives():
    posteriors = [BetaPosterior(alpha=a, beta=200 - a) for a in (21, 29, 26, 11)]
    rng = np.random.default_rng(4)
    draws = np.stack([rng.beta(arm.alpha, arm.beta, (2, 400_000)) for arm in posteriors])
    first, again = draws.argmax(axis=0)
    wins = np.bincount(first, minlength=4) / first.size
    seconds = np.array([np.bincount(again[(again != i)], minlength=4) for i in range(4)])
    for i in range(4):
        seconds[i, i] = 0
    shares = seconds / seconds.sum(axis=1, keepdims=True)
    expected = wins / 2 + wins @ shares / 2
    assert weights(posteriors, strategy="top-two", floor=0.0) == pytest.approx(expected, abs=0.004)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [("thompson", [0.0, 1.0, 0.0]), ("top-two", [0.25, 0.5, 0.25])],
)
def test_a_winner_beyond_doubt(strategy, expected):
    certain = [NormalPosterior(mean=mean, deviation=1e-6) for mean in (0.0, 9.0, 0.0)]
    assert weights(certain, strategy=strategy, floor=0.0) == pytest.approx(expected)


def test_control_takes_its_floor_from_what_the_others_have_above_theirs():
    certain = [NormalPosterior(mean=mean, deviation=1e-6) for mean in (0.0, 9.0, 0.0)]
    found = weights(certain, floor=0.1, control_floor=0.3)
    assert found == pytest.approx([0.3, 0.6, 0.1])


def test_floors_that_use_up_everything_leave_the_floors():
    pair = [NormalPosterior(mean=mean, deviation=1.0) for mean in (0.0, 1.0, 2.0)]
    assert weights(pair, floor=0.2, control_floor=0.6) == pytest.approx([0.6, 0.2, 0.2])
    assert weights(pair, floor=1 / 3) == pytest.approx([1 / 3] * 3)


def test_until_the_warm_up_is_over_all_share_alike_but_for_the_control_floor():
    pair = [BetaPosterior(alpha=2, beta=9), BetaPosterior(alpha=9, beta=2)]
    found = allocate_traffic(pair, units=[500, 99], control_floor=0.6)
    assert found.is_warming_up
    assert found.weights == pytest.approx((0.6, 0.4))
    assert found.is_best[1] > 0.9
    assert not allocate_traffic(pair, units=[100, 100]).is_warming_up


@pytest.mark.parametrize(
    "options",
    [
        {"units": [1]},
        {"units": [1, -1]},
        {"control": 2},
        {"strategy": "greedy"},
        {"floor": -0.1},
        {"control_floor": -0.1},
        {"floor": 0.6},
        {"floor": 0.1, "control_floor": 0.95},
    ],
)
def test_what_cannot_be_divided_is_refused(options):
    pair = [BetaPosterior(alpha=2, beta=9), BetaPosterior(alpha=9, beta=2)]
    with pytest.raises(ArgumentImpossible):
        allocate_traffic(pair, **({"units": [10, 10]} | options))


def test_one_arm_is_no_choice():
    with pytest.raises(TooFewUnits):
        allocate_traffic([BetaPosterior(alpha=2, beta=9)], units=[10])
