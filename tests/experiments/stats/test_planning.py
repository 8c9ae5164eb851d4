from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from experiments import stats
from experiments.stats import (
    ArgumentImpossible,
    Looks,
    classic_constant,
    days_left,
    detectable_difference,
    effective_deviation,
    inflation_of_looks,
    plan_looks,
    power_of_means,
    power_when_watched,
    units_for_means,
)

SIDES = {"two-sided": "two-sided", "greater": "larger", "less": "smaller"}


@pytest.mark.parametrize("alternative", SIDES)
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_agrees_with_statsmodels(alternative, ratio):
    from statsmodels.stats.power import TTestIndPower

    effect = -0.3 if alternative == "less" else 0.3
    theirs = TTestIndPower().power(effect, 60, 0.05, ratio, alternative=SIDES[alternative])
    ours = power_of_means(
        2 * effect, deviation=2.0, units_per_arm=60, ratio=ratio, alternative=alternative
    )
    assert ours == pytest.approx(theirs, rel=1e-6)


@given(st.floats(0.02, 2.0), st.floats(0.2, 0.97), st.floats(0.3, 4.0), st.sampled_from([*SIDES]))
@settings(max_examples=40, deadline=None)
def test_the_units_needed_and_the_effect_found_answer_each_other(effect, power, ratio, alternative):
    signed = -effect if alternative == "less" else effect
    options = {"deviation": 1.0, "power": power, "ratio": ratio, "alternative": alternative}
    units = units_for_means(signed, **options)
    found = detectable_difference(units_per_arm=units, **options)
    assert found == pytest.approx(signed, rel=1e-5) or units * (1 + ratio) < 3.001


def test_millions_of_units_are_planned_by_the_normal_distribution():
    units = units_for_means(0.002, deviation=1.0)
    normal = 2 * (scipy_stats.norm.ppf(0.975) + scipy_stats.norm.ppf(0.8)) ** 2 / 0.002**2
    assert units == pytest.approx(normal, rel=1e-4)


def test_what_any_sample_finds_needs_the_least_there_is():
    assert units_for_means(1e6, deviation=1.0, power=0.2) == pytest.approx(1.5)


def test_more_arms_need_more_units():
    assert units_for_means(0.1, deviation=1.0, comparisons=4) == pytest.approx(
        units_for_means(0.1, deviation=1.0, confidence=0.9875)
    )


def test_clusters_and_covariates_change_the_units_by_their_known_factors():
    plain = effective_deviation(3.0)
    assert (effective_deviation(3.0, cluster_size=11, intraclass=0.1) / plain) ** 2 == (
        pytest.approx(2.0)
    )
    assert (effective_deviation(3.0, explained=0.49) / plain) ** 2 == pytest.approx(0.51)


@pytest.mark.parametrize(("shape", "factor"), [("pocock", 1.228), ("obrien-fleming", 1.028)])
def test_the_price_of_five_looks_is_that_of_jennison_and_turnbull(shape, factor):
    constant, shares = classic_constant(5, shape=shape), (0.2, 0.4, 0.6, 0.8, 1.0)
    power = 0.0 if shape == "pocock" else -0.5
    bounds = tuple(constant * share**power for share in shares)
    looks = Looks(information=shares, bounds=bounds, spent=(), sides=2)
    assert inflation_of_looks(looks) == pytest.approx(factor, abs=2e-3)


def test_watching_at_any_time_costs_half_of_the_power():
    drift = scipy_stats.norm.ppf(0.975) + scipy_stats.norm.ppf(0.8)
    assert power_when_watched(drift, units=5_000) == pytest.approx(0.406, abs=3e-3)


def test_the_sides_of_a_watched_test_mirror_each_other():
    up = power_when_watched(3.0, units=5_000, alternative="greater")
    assert power_when_watched(-3.0, units=5_000, alternative="less") == up


def test_a_planned_test_finds_its_effect_as_often_as_promised():
    units = math.ceil(units_for_means(0.4, deviation=1.0))
    rng = np.random.default_rng(20240615)
    control, treatment = rng.normal(size=(4_000, units)), rng.normal(0.4, 1, (4_000, units))
    found = scipy_stats.ttest_ind(treatment, control, axis=1).pvalue < 0.05
    assert found.mean() == pytest.approx(0.8, abs=0.02)


def test_a_test_that_has_its_units_has_no_days_left():
    assert days_left(units_needed=10, units_seen=12, units_per_day=0) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: effective_deviation(0.0),
        lambda: effective_deviation(1.0, explained=1.0),
        lambda: power_of_means(1.0, deviation=0.0, units_per_arm=9),
        lambda: power_of_means(1.0, deviation=1.0, units_per_arm=1),
        lambda: units_for_means(0.0, deviation=1.0),
        lambda: units_for_means(-1.0, deviation=1.0, alternative="greater"),
        lambda: units_for_means(1.0, deviation=1.0, power=1.0),
        lambda: detectable_difference(deviation=1.0, units_per_arm=9, power=0.01),
        lambda: inflation_of_looks(plan_looks([1.0]), power=0.01),
        lambda: days_left(units_needed=10, units_seen=0, units_per_day=0),
        lambda: days_left(units_needed=10, units_seen=-1, units_per_day=1),
    ],
)
def test_plans_that_make_no_sense_are_refused(call):
    with pytest.raises(ArgumentImpossible):
        call()


def test_welchs_degrees_are_those_of_the_test_that_is_run():
    rng = np.random.default_rng(23)
    rejected = [
        stats.compare_means(
            stats.Mean.of(rng.normal(0, 1, 8)), stats.Mean.of(rng.normal(1.2, 1, 32))
        ).p_value
        < 0.05
        for _ in range(4_000)
    ]
    options = {"deviation": 1.0, "units_per_arm": 8, "ratio": 4.0}
    welch = power_of_means(1.2, **options, test="welch")
    assert welch == pytest.approx(np.mean(rejected), abs=0.025)
    assert welch < power_of_means(1.2, **options)
    units = units_for_means(0.5, deviation=1.0, ratio=4.0, test="welch")
    found = detectable_difference(deviation=1.0, units_per_arm=units, ratio=4.0, test="welch")
    assert found == pytest.approx(0.5)


def test_an_arm_of_one_unit_and_an_unknown_test_are_refused():
    with pytest.raises(ArgumentImpossible):
        power_of_means(1.0, deviation=1.0, units_per_arm=3, ratio=0.3, test="welch")
    with pytest.raises(ArgumentImpossible):
        power_of_means(1.0, deviation=1.0, units_per_arm=30, test="z")
