"""Ranking measures against brute force and scikit-uplift 0.5.1.

SKLIFT_* came from sklift.metrics.qini_curve, uplift_curve (trapezoids over the share of units) and
uplift_at_k(strategy="overall", k=0.3), ranking `simulated.binary()` by its first feature.
"""

import itertools

import numpy as np
import pytest

from experiments.stats.errors import ArgumentImpossible, BaselineNotPositive
from experiments.uplift import (
    Trial,
    auuc,
    compare_qini,
    gain_curve,
    qini,
    rank_quality,
    uplift_at,
)
from tests.experiments.uplift.simulated import binary, three_arms, two_arms

SKLIFT_QINI, SKLIFT_AUUC, SKLIFT_AT_30 = 0.12457708, 0.12304305, 0.30293253


def by_hand(trial, effect):
    """The Qini coefficient, adding up unit by unit in plain Python."""
    units = sorted(range(trial.units), key=lambda unit: -effect[unit])
    points, counts = [(0.0, 0.0)], [0, 0]
    outcomes = [0.0, 0.0]
    for _, run in itertools.groupby(units, key=lambda unit: effect[unit]):
        for unit in run:
            arm = int(trial.treatment[unit])
            counts[arm] += 1
            outcomes[arm] += trial.outcome[unit]
        base = outcomes[0] * counts[1] / counts[0] if counts[0] else 0.0
        points.append((sum(counts) / trial.units, outcomes[1] - base))
    area = sum((x2 - x1) * (y1 + y2) / 2 for (x1, y1), (x2, y2) in itertools.pairwise(points))
    return area / points[-1][1] - 0.5


@pytest.mark.parametrize("levels", [3, 1000])
def test_qini_is_what_one_gets_by_hand(levels):
    trial, _ = binary(units=400, seed=5)
    effect = np.round(trial.features[:, 0] * levels) / levels
    assert qini(trial, effect) == pytest.approx(by_hand(trial, effect.tolist()))


def test_all_three_are_scikit_uplifts():
    trial, _ = binary()
    effect = trial.features[:, 0]
    assert qini(trial, effect) == pytest.approx(SKLIFT_QINI, abs=1e-5)
    assert auuc(trial, effect) == pytest.approx(SKLIFT_AUUC, abs=1e-5)
    assert uplift_at(trial, effect, 0.3) == pytest.approx(SKLIFT_AT_30, abs=1e-6)


def test_only_the_order_counts():
    trial, _ = binary(units=1000)
    effect = trial.features[:, 0]
    assert qini(trial, np.exp(effect)) == pytest.approx(qini(trial, effect))


def test_one_effect_for_all_ranks_nobody():
    trial, _ = binary(units=1000)
    assert qini(trial, np.zeros(1000)) == pytest.approx(0)


def test_everyone_s_uplift_is_the_difference_of_means():
    trial, _ = binary(units=1000)
    means = [trial.outcome[trial.treatment == arm].mean() for arm in (0, 1)]
    assert uplift_at(trial, trial.features[:, 0], 1.0) == pytest.approx(means[1] - means[0])
    shares, gains = gain_curve(trial, trial.features[:, 0])
    assert gains[-1] == pytest.approx(means[1] - means[0])
    assert (shares[0], gains[0]) == (0, 0)


def test_units_count_by_their_chances():
    trial, _ = binary(units=4000, seed=3)
    ones = np.ones((trial.units, 1))
    uneven = Trial(
        features=trial.features,
        treatment=trial.treatment,
        outcome=trial.outcome,
        propensity=np.hstack([0.2 * ones, 0.8 * ones]),
    )
    assert qini(uneven, trial.features[:, 0]) == pytest.approx(qini(trial, trial.features[:, 0]))


def test_the_interval_covers_the_truth_as_often_as_it_says():
    truth = qini(*binary(units=400_000, seed=99))
    hits = 0
    for seed in range(60):
        trial, effect = binary(units=1500, seed=seed)
        found = rank_quality(trial, effect, rng=np.random.default_rng(seed), draws=150).qini
        hits += found.low <= truth <= found.high
    assert 50 <= hits <= 60


def test_a_better_order_is_seen_to_be_better():
    trial, true = two_arms(units=4000)
    rng = np.random.default_rng(2)
    blurred = true + 3 * rng.normal(size=trial.units)
    found = compare_qini(trial, true, blurred, rng=rng, draws=200)
    assert found.is_above_zero
    assert compare_qini(trial, true, true, rng=rng, draws=20).value == 0


def test_what_cannot_be_ranked_is_refused():
    trial, _ = binary(units=400)
    flat = Trial.drawn_with([0.5, 0.5], trial.features, trial.treatment, np.zeros(400))
    with pytest.raises(BaselineNotPositive):
        qini(flat, trial.features[:, 0])
    with pytest.raises(ArgumentImpossible, match="one arm against"):
        qini(three_arms(units=300)[0], np.zeros(300))
    with pytest.raises(ArgumentImpossible, match="one effect for each"):
        qini(trial, np.zeros(3))
    with pytest.raises(ArgumentImpossible, match="shares"):
        rank_quality(trial, trial.features[:, 0], rng=np.random.default_rng(1), shares=(0.0,))
