import numpy as np
import pytest

from experiments import stats
from experiments.stats.errors import ArgumentImpossible
from experiments.uplift import (
    TLearner,
    Trial,
    cross_fitted_effects,
    cross_fitted_outcomes,
    doubly_robust_scores,
    draw_folds,
    policy_gain,
    policy_value,
    same_for_all,
    treat_first,
)
from tests.experiments.uplift.simulated import two_arms


def test_a_value_is_the_one_of_off_policy_evaluation():
    trial, true = two_arms(units=2000, chance=0.3)
    expected = cross_fitted_outcomes(trial, rng=np.random.default_rng(1))
    policy = treat_first(true, 0.4)
    rows = np.arange(trial.units)
    theirs = stats.evaluate_policy(
        trial.outcome,
        logged=trial.chance,
        target=policy[rows, trial.treatment],
        method="dr",
        predictions=stats.Predictions(
            taken=expected[rows, trial.treatment], policy=(policy * expected).sum(axis=1)
        ),
    )
    ours = policy_value(doubly_robust_scores(trial, expected), policy)
    assert (ours.value, ours.low, ours.high) == pytest.approx(
        (theirs.value, theirs.low, theirs.high)
    )


def test_models_that_know_nothing_bias_nothing():
    trial, true = two_arms(units=60_000, chance=0.25)
    scores = doubly_robust_scores(trial, np.full((trial.units, 2), 7.0))
    everyone = policy_value(scores, same_for_all(trial.units, np.array([0.0, 1.0])))
    assert everyone.low < true.mean() < everyone.high


def test_the_interval_of_a_plan_covers_its_true_gain():
    hits = 0
    for seed in range(80):
        trial, true = two_arms(units=800, seed=seed)
        rng = np.random.default_rng(seed)
        folds = draw_folds(trial, folds=4, rng=rng)
        effect = cross_fitted_effects(TLearner(), trial, folds, rng=rng)[:, 0]
        scores = doubly_robust_scores(trial, cross_fitted_outcomes(trial, folds=folds, rng=rng))
        plan = treat_first(effect, 0.3)
        found = policy_gain(scores, plan, same_for_all(trial.units, np.array([1.0, 0.0])))
        hits += found.low <= (plan[:, 1] * true).mean() <= found.high
    assert hits >= 71


def test_folds_hold_their_part_of_everything():
    trial, _ = two_arms(units=1001)
    folds = draw_folds(trial, folds=5, rng=np.random.default_rng(1))
    for arm in (0, 1):
        sizes = np.bincount(folds[trial.treatment == arm])
        assert sizes.max() - sizes.min() <= 2


def test_no_unit_is_judged_by_a_model_that_saw_it():
    trial, _ = two_arms(units=400)
    rng = np.random.default_rng(1)
    folds = draw_folds(trial, folds=4, rng=rng)
    changed = Trial.drawn_with(
        [0.5, 0.5],
        trial.features,
        trial.treatment,
        trial.outcome + 1000 * (folds == 2) * trial.features[:, 2],
    )
    before = cross_fitted_effects(TLearner(base="ridge"), trial, folds, rng=rng)
    after = cross_fitted_effects(TLearner(base="ridge"), changed, folds, rng=rng)
    assert np.array_equal(before[folds == 2], after[folds == 2])
    assert not np.allclose(before[folds == 1], after[folds == 1])


def test_a_share_is_kept_to():
    effect = np.random.default_rng(1).normal(size=1000).round(1)
    for share in (0.0, 0.123, 0.5, 1.0):
        chosen = treat_first(effect, share)[:, 1]
        assert chosen.mean() == pytest.approx(share)
        assert effect[chosen == 1].min(initial=9) >= effect[chosen == 0].max(initial=-9)


def test_a_policy_of_another_shape_is_refused():
    with pytest.raises(ArgumentImpossible, match="one chance for each"):
        policy_value(np.zeros((3, 2)), np.ones((2, 2)))
    with pytest.raises(ArgumentImpossible, match="sum to 1"):
        policy_value(np.zeros((3, 2)), np.ones((3, 2)))
