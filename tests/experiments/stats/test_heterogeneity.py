from __future__ import annotations

import numpy as np
import pytest

from experiments.stats import (
    Mean,
    TooFewUnits,
    VarianceIsZero,
    compare_means,
    interaction,
    shrink_arms,
    shrink_effects,
)


def segments(rng, effects, units=300):
    return [
        compare_means(Mean.of(rng.normal(size=units)), Mean.of(rng.normal(effect, 1, units)))
        for effect in effects
    ]


def test_agrees_with_the_interaction_of_a_regression():
    import statsmodels.api as sm

    rng = np.random.default_rng(18)
    arms = [[rng.normal(size=400), rng.normal(effect, 1, 400)] for effect in (0.1, 0.4)]
    ours = interaction([compare_means(Mean.of(a), Mean.of(b)) for a, b in arms])
    segment, treated = np.repeat([0, 1], 800), np.tile(np.repeat([0, 1], 400), 2)
    design = np.column_stack([np.ones(1600), segment, treated, segment * treated])
    theirs = sm.OLS(np.concatenate([*arms[0], *arms[1]]), design).fit()
    assert ours.p_value == pytest.approx(theirs.pvalues[3], rel=0.1)
    assert ours.degrees_of_freedom == 1


def test_one_effect_everywhere_is_called_different_at_the_level():
    rng = np.random.default_rng(20240612)
    p_values = [interaction(segments(rng, [0.3] * 5, units=100)).p_value for _ in range(1_500)]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.018)


def test_shrunken_effects_are_nearer_to_the_truth_and_their_intervals_cover_it():
    rng = np.random.default_rng(20240613)
    raw_error, error, held = [], [], []
    for _ in range(250):
        truth = rng.normal(0.1, 0.05, 12)
        shrunken = shrink_effects(segments(rng, truth, units=150))
        raw_error += [(each.raw - true) ** 2 for each, true in zip(shrunken, truth, strict=True)]
        error += [(each.estimate - true) ** 2 for each, true in zip(shrunken, truth, strict=True)]
        held += [
            each.interval.low <= true <= each.interval.high
            for each, true in zip(shrunken, truth, strict=True)
        ]
    assert np.mean(error) < np.mean(raw_error) / 2
    assert np.mean(held) > 0.85


def test_the_best_of_equal_arms_is_taken_back_to_the_others():
    rng = np.random.default_rng(20240614)
    raw, shrunken = [], []
    for _ in range(300):
        best = max(
            shrink_arms([Mean.of(rng.normal(1.0, 1, 100)) for _ in range(8)]),
            key=lambda each: each.raw,
        )
        raw.append(best.raw - 1)
        shrunken.append(best.estimate - 1)
    assert np.mean(raw) > 0.12
    assert np.mean(shrunken) < 0.05


def test_shrinking_stays_between_the_measured_and_the_mean():
    rng = np.random.default_rng(19)
    effects = segments(rng, [0.0, 0.5, 1.0])
    shrunken = shrink_effects(effects)
    middle = np.mean([effect.estimate for effect in effects])
    for each in shrunken:
        assert 0 < each.pull < 1
        assert abs(each.estimate - middle) <= abs(each.raw - middle) + 0.02


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(TooFewUnits):
        interaction([compare_means(Mean.of([1.0, 2.0]), Mean.of([2.0, 4.0]))])
    with pytest.raises(TooFewUnits):
        shrink_arms([Mean.of([1.0, 2.0])])
    with pytest.raises(VarianceIsZero):
        shrink_arms([Mean.of([1.0, 1.0]), Mean.of([1.0, 2.0])])
