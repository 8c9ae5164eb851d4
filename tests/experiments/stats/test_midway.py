from __future__ import annotations

import numpy as np
import pytest

from experiments.stats import (
    ArgumentImpossible,
    NormalPosterior,
    VarianceIsZero,
    effect_posterior,
    growth_needed,
    judge_effect,
    power_midway,
    power_when_watched,
)


def test_more_units_bring_the_power_that_was_asked_for():
    options = {"error": 0.05, "units": 2_000, "comparisons": 2}
    for rule in ("fixed", "anytime"):
        growth = growth_needed(0.06, rule=rule, power=0.9, **options)
        found = power_midway(0.06, growth=growth, rule=rule, **options)
        assert found == pytest.approx(0.9, abs=1e-9)
    assert growth_needed(0.5, **options) == 0.0


def test_the_fixed_rule_is_the_z_test_and_the_anytime_rule_that_of_planning():
    # 2.8016 standard errors are 80 % power.
    assert power_midway(2.8016, error=1.0, units=5_000) == pytest.approx(0.8, abs=1e-4)
    watched = power_midway(2.8016, error=1.0, units=5_000, rule="anytime")
    assert watched == pytest.approx(power_when_watched(2.8016, units=5_000))
    assert power_midway(-2.8016, error=1.0, units=5_000) == pytest.approx(0.8, abs=1e-4)


def test_with_a_prior_it_is_how_often_the_credible_interval_leaves_zero_out():
    prior, rng = NormalPosterior(mean=0.02, deviation=0.1), np.random.default_rng(8)

    def is_sure(estimate):
        belief = judge_effect(effect_posterior(estimate, 0.05, prior=prior))
        return belief.low > 0 or belief.high < 0

    drawn = np.mean([is_sure(each) for each in rng.normal(0.1, 0.05, 20_000)])
    assert power_midway(0.1, error=0.05, units=100, prior=prior) == pytest.approx(drawn, abs=0.01)


def test_what_has_no_power_is_named():
    with pytest.raises(VarianceIsZero):
        power_midway(0.1, error=0.0, units=100)
    for options in (
        {"growth": -1.0},
        {"comparisons": 0},
        {"rule": "anytime", "prior": NormalPosterior(mean=0.0, deviation=1.0)},
    ):
        with pytest.raises(ArgumentImpossible):
            power_midway(0.1, error=1.0, units=100, **options)
    with pytest.raises(ArgumentImpossible):
        growth_needed(1e-9, error=1.0, units=100)
