from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import stats
from experiments.stats import (
    ArgumentImpossible,
    Proportion,
    compare_proportions,
    detectable_effect,
    power_of_proportions,
    units_needed,
)


def test_the_manual_of_r_plans_the_same_test():
    # help(power.prop.test): p1 = .50, p2 = .75, power = .90 gives n = 76.7.
    assert units_needed(0.50, 0.75, power=0.90) == 77
    # help(power.prop.test): n = 50, p1 = .50, p2 = .75 gives power = 0.740.
    assert power_of_proportions(0.50, 0.75, units_per_arm=50) == pytest.approx(0.740, abs=5e-4)


@pytest.mark.parametrize("alternative", ["two-sided", "greater"])
def test_agrees_with_statsmodels(alternative):
    from statsmodels.stats.proportion import power_proportions_2indep

    theirs = power_proportions_2indep(
        0.02,
        0.10,
        2000,
        alternative="two-sided" if alternative == "two-sided" else "larger",
        return_results=False,
    )
    ours = power_of_proportions(0.10, 0.12, units_per_arm=2000, alternative=alternative)
    assert ours == pytest.approx(theirs, abs=2e-4)


@given(st.floats(0.02, 0.9), st.floats(0.01, 0.08), st.floats(0.5, 0.95))
@settings(max_examples=60)
def test_the_units_needed_reach_the_power_and_one_less_does_not(baseline, effect, power):
    changed = baseline + effect
    units = units_needed(baseline, changed, power=power)
    assert power_of_proportions(baseline, changed, units_per_arm=units) >= power - 1e-9
    assert power_of_proportions(baseline, changed, units_per_arm=units - 1) < power


@given(st.floats(0.02, 0.5), st.integers(500, 50_000))
@settings(max_examples=40)
def test_the_detectable_effect_is_found_with_the_power_asked_for(baseline, units):
    effect = detectable_effect(baseline, units_per_arm=units)
    found = power_of_proportions(baseline, baseline + effect, units_per_arm=units)
    assert found == pytest.approx(0.8, abs=1e-6)


def test_a_fall_is_detectable_as_a_negative_effect():
    effect = detectable_effect(0.3, units_per_arm=2000, alternative="less")
    assert effect < 0
    assert power_of_proportions(
        0.3, 0.3 + effect, units_per_arm=2000, alternative="less"
    ) == pytest.approx(0.8)


def test_more_comparisons_need_more_units():
    assert units_needed(0.1, 0.12, comparisons=4) == units_needed(0.1, 0.12, confidence=0.9875)


def test_a_power_any_sample_has_needs_one_unit():
    assert units_needed(0.1, 0.9, power=0.001) == 1


def test_so_few_units_find_nothing():
    with pytest.raises(ArgumentImpossible, match="plan for more units"):
        detectable_effect(0.5, units_per_arm=3)


def test_a_power_at_the_level_is_no_plan():
    with pytest.raises(ArgumentImpossible, match="above the level"):
        detectable_effect(0.5, units_per_arm=300, power=0.01)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: units_needed(0.0, 0.1), "rates"),
        (lambda: units_needed(0.1, 1.0), "rates"),
        (lambda: units_needed(0.1, 0.1), "equal"),
        (lambda: units_needed(0.1, 0.2, alternative="less"), "does not look"),
        (lambda: units_needed(0.2, 0.1, alternative="greater"), "does not look"),
        (lambda: units_needed(0.1, 0.2, comparisons=0), "comparisons"),
        (lambda: units_needed(0.1, 0.2, power=1.0), "power"),
        (lambda: power_of_proportions(0.1, 0.2, units_per_arm=0), "units_per_arm"),
    ],
)
def test_plans_that_make_no_sense_are_refused(call, reason):
    with pytest.raises(ArgumentImpossible, match=reason):
        call()


def test_a_planned_test_finds_its_effect_as_often_as_promised():
    units = units_needed(0.10, 0.13)
    rng = np.random.default_rng(20240508)
    control, treatment = (rng.binomial(units, rate, 2000) for rate in (0.10, 0.13))
    found = [
        compare_proportions(
            Proportion(trials=units, successes=int(x)), Proportion(trials=units, successes=int(y))
        ).p_value
        for x, y in zip(control, treatment, strict=True)
    ]
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.8, abs=0.03)


def test_the_baselines_variance_gives_evan_millers_number():
    # evanmiller.org/ab-testing/sample-size.html: 20 % + 5 points, 1,030 per branch.
    assert round(stats.exact_units_needed(0.2, 0.25, null_rate="baseline")) == 1_030
    assert units_needed(0.2, 0.25) > 1_030
    with pytest.raises(ArgumentImpossible):
        units_needed(0.2, 0.25, null_rate="treatment")
