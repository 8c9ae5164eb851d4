"""Learners against EconML 0.17 and scikit-uplift 0.5.1, and against a truth that was simulated.

The expected effects came from, with X the features, `ridge` a Ridge(1.0) and `logit` a
LogisticRegression(C=1.0), both behind a StandardScaler:
    econml.metalearners.TLearner(models=ridge), .XLearner(models=ridge, cate_models=ridge,
    propensity_model=LogisticRegression()), econml.dr.LinearDRLearner(model_regression=ridge, cv=4,
    random_state=1), sklift.models.ClassTransformation(logit)
fitted on the trials of `simulated` and asked about PROBE. EconML estimates the chances that ours
are told, and draws other folds: X and DR agree only about.
"""

import numpy as np
import pytest

from experiments.stats.errors import ArgumentImpossible
from experiments.uplift import (
    Blend,
    ClassTransformation,
    DRLearner,
    SLearner,
    TLearner,
    Trial,
    XLearner,
)
from tests.experiments.uplift.simulated import binary, three_arms, two_arms

PROBE = np.array([[0, 0, 0, 0], [1, 0, 0, 0], [-1, 1, 0, 0], [2, 0, 1, -1.0]])
ECONML_T = [0.487564, 1.534834, -0.535822, 2.579078]
ECONML_X = [0.487566, 1.53466, -0.535645, 2.57873]
ECONML_DR = [0.4888, 1.5377, -0.5372, 2.5849]
ECONML_T_THREE_ARMS = [
    [0.00653, 0.982724, -0.977742, 1.988766],
    [-0.009134, -1.020544, 0.975068, -1.983996],
]
SKLIFT_CT = [0.198382, 0.284918, 0.097464, 0.36162]
EVERY = [
    SLearner(),
    SLearner(base="boosting"),
    TLearner(),
    TLearner(base="boosting"),
    XLearner(),
    XLearner(effect_base="boosting"),
    DRLearner(),
    DRLearner(base="boosting", effect_base="boosting"),
    Blend(learners=(TLearner(), DRLearner())),
]


def fitted(learner, trial, seed=1):
    return learner.fit(trial, rng=np.random.default_rng(seed))


def test_the_t_learner_is_econmls():
    trial, _ = two_arms()
    effects = fitted(TLearner(base="ridge"), trial)(PROBE)
    assert effects[:, 0] == pytest.approx(ECONML_T, abs=1e-6)


def test_the_t_learner_of_three_arms_is_econmls():
    trial, _ = three_arms()
    effects = fitted(TLearner(base="ridge"), trial)(PROBE[:, :3])
    assert effects.T.tolist() == [pytest.approx(one, abs=1e-6) for one in ECONML_T_THREE_ARMS]


def test_the_x_learner_is_econmls_but_for_the_chances():
    trial, _ = two_arms()
    assert fitted(XLearner(base="ridge"), trial)(PROBE)[:, 0] == pytest.approx(ECONML_X, abs=2e-3)


def test_the_dr_learner_is_econmls_but_for_the_folds():
    trial, _ = two_arms()
    assert fitted(DRLearner(base="ridge"), trial)(PROBE)[:, 0] == pytest.approx(ECONML_DR, abs=0.02)


def test_class_transformation_is_scikit_uplifts():
    trial, _ = binary()
    effects = fitted(ClassTransformation(), trial)(PROBE[:, :3])
    assert effects[:, 0] == pytest.approx(SKLIFT_CT, abs=1e-4)


@pytest.mark.parametrize("learner", EVERY, ids=lambda learner: learner.name)
def test_every_learner_finds_a_linear_effect(learner):
    trial, true = two_arms()
    found = fitted(learner, trial)(trial.features)[:, 0]
    assert np.corrcoef(found, true)[0, 1] > 0.93
    assert found.mean() == pytest.approx(true.mean(), abs=0.1)


@pytest.mark.parametrize("learner", EVERY, ids=lambda learner: learner.name)
def test_every_learner_tells_two_treatments_apart(learner):
    trial, true = three_arms()
    found = fitted(learner, trial)(trial.features)
    assert found.shape == true.shape
    assert (found.argmax(axis=1) == true.argmax(axis=1)).mean() > 0.85


@pytest.mark.parametrize(
    "learner", [*EVERY, ClassTransformation(), ClassTransformation(base="boosting")],
    ids=lambda learner: learner.name,
)  # fmt: skip
def test_uneven_chances_bias_nobody(learner):
    trial, true = binary(units=20_000, chance=0.2)
    found = fitted(learner, trial)(trial.features)[:, 0]
    assert found.mean() == pytest.approx(true.mean(), abs=0.025)
    assert found[true > 0.2].mean() > found[true < 0.2].mean() + 0.08


def test_a_stepped_effect_is_for_trees():
    trial, true = two_arms(units=12_000, effect=lambda x: (np.abs(x[:, 0]) < 0.7).astype(float))
    by_trees = fitted(DRLearner(base="boosting", effect_base="boosting"), trial)(trial.features)
    by_lines = fitted(DRLearner(base="ridge"), trial)(trial.features)
    assert np.corrcoef(by_trees[:, 0], true)[0, 1] > 0.85
    assert abs(np.corrcoef(by_lines[:, 0], true)[0, 1]) < 0.2


def test_products_are_held_back_as_far_as_held_out_units_say():
    """The loss of each spread is the one that fitting and predicting, fold by fold, gives."""
    from experiments.uplift.learners import _joint_model, _ridge_losses

    trial, _ = two_arms(units=500)
    folds, spreads = np.arange(500) % 5, [0.006, 0.03, 0.09]
    rng = np.random.default_rng(1)
    slow = np.zeros(3)
    for fold in range(5):
        seen, held = np.flatnonzero(folds != fold), folds == fold
        for place, spread in enumerate(spreads):
            predict = _joint_model(trial, seen, "ridge", spread, rng=rng)
            expected = predict(trial.features[held], trial.treatment[held])
            slow[place] += np.square(trial.outcome[held] - expected).sum()
    fast = _ridge_losses(trial, folds, spreads)
    fast += np.square(trial.outcome - trial.outcome.mean()).sum()
    # Centres and deviations are those of all units here, and of those seen there.
    assert fast == pytest.approx(slow, rel=0.01)
    assert np.argmin(fast) == np.argmin(slow)


def test_an_effect_that_is_the_same_for_all_is_spread_less_than_by_a_t_learner():
    trials = [
        two_arms(units=1500, seed=seed, effect=lambda x: 0.5 + 0 * x[:, 0])[0] for seed in range(12)
    ]
    spread = [
        np.mean([np.std(fitted(learner, trial)(trial.features)) for trial in trials])
        for learner in (SLearner(), TLearner())
    ]
    assert spread[0] < 0.8 * spread[1]


def test_an_outcome_nobody_has_gives_no_effect():
    trial, _ = two_arms(units=200)
    nobody = Trial.drawn_with([0.5, 0.5], trial.features, trial.treatment, np.zeros(200))
    assert np.abs(fitted(TLearner(), nobody)(PROBE)).max() == 0


@pytest.mark.parametrize("learner", [ClassTransformation(), TLearner(base="logit")])
def test_money_is_no_yes_or_no(learner):
    trial, _ = two_arms(units=200)
    with pytest.raises(ArgumentImpossible, match="0 and 1"):
        fitted(learner, trial)


def test_an_unknown_base_is_refused():
    trial, _ = two_arms(units=200)
    with pytest.raises(ArgumentImpossible, match="base must be one of"):
        fitted(TLearner(base="forest"), trial)


def test_the_same_draws_give_the_same_effects():
    trial, _ = two_arms(units=1000)
    learner = DRLearner(effect_base="boosting")
    assert np.array_equal(fitted(learner, trial)(PROBE), fitted(learner, trial)(PROBE))
