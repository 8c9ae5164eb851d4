import numpy as np
import pytest

from experiments.stats.errors import ArgumentImpossible, TooFewUnits
from experiments.uplift import TLearner, draw_folds, find_heterogeneity
from experiments.uplift.heterogeneity import calibration
from tests.experiments.uplift.simulated import three_arms, two_arms


def judged(trial, learner=None, *, seed=1, **options):
    learner = learner or TLearner(base="ridge")
    return find_heterogeneity(learner, trial, rng=np.random.default_rng(seed), **options)


def test_a_true_difference_is_found_and_calibrated():
    trial, true = two_arms()
    (found,) = judged(trial)
    assert found.is_found
    assert found.slope.low < 1 < found.slope.high
    assert found.average.low < true.mean() < found.average.high
    fifths = [part.mean() for part in np.array_split(np.sort(true), 5)]
    assert [group.value for group in found.groups] == pytest.approx(fifths, abs=0.25)


def alike(seed):
    """600 units, the same effect for all."""
    return two_arms(units=600, seed=seed, effect=lambda x: 0.5 + 0 * x[:, 0])[0]


def test_one_draw_finds_nothing_in_nothing_as_often_as_it_says():
    found = [judged(alike(seed), seed=seed, folds=3, repeats=1)[0].p_value for seed in range(150)]
    assert np.mean(np.array(found) < 0.1) == pytest.approx(0.05, abs=0.04)
    assert np.mean(np.array(found) < 1) == pytest.approx(0.5, abs=0.1)


def test_one_effect_for_all_is_seldom_taken_for_many():
    found = [judged(alike(seed), seed=seed, folds=3, repeats=3)[0] for seed in range(100)]
    assert sum(one.is_found for one in found) <= 5


def test_each_arm_is_judged_on_its_own():
    trial, _ = three_arms()
    assert [found.arm for found in judged(trial, repeats=3) if found.is_found] == [1, 2]


def test_a_learner_that_tells_nobody_apart_finds_nothing():
    trial, _ = two_arms(units=1000)

    class Flat:
        name = "flat"

        def fit(self, trial, *, rng):
            return lambda features: np.full((len(features), 1), 0.5)

    (found,) = judged(trial, Flat())
    assert (found.is_found, found.p_value) == (False, 1.0)


def test_the_slope_is_statsmodels_with_dummies_for_folds():
    import statsmodels.api as sm

    rng = np.random.default_rng(3)
    effect, folds = rng.normal(size=900), rng.integers(4, size=900)
    gain = 0.7 * effect + folds + rng.normal(size=900) * (1 + effect**2)
    theirs = sm.OLS(gain, np.column_stack([effect, np.eye(4)[folds]])).fit(cov_type="HC0")
    assert calibration(effect, gain, folds) == pytest.approx((theirs.params[0], theirs.bse[0]))


def test_too_few_units_for_the_folds_are_refused():
    trial, _ = two_arms(units=30)
    rng = np.random.default_rng(1)
    with pytest.raises(TooFewUnits):
        draw_folds(trial, folds=20, rng=rng)
    with pytest.raises(ArgumentImpossible):
        draw_folds(trial, folds=1, rng=rng)
