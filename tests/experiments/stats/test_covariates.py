from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import (
    ArgumentImpossible,
    Measure,
    Moments,
    TooFewUnits,
    adjust_for_covariates,
    compare_means,
    variance_explained,
)

OUTCOME, FIRST, SECOND = (Measure(numerator=column) for column in range(3))


def arm(rng, units, *, effect=0.0):
    covariates = rng.normal(size=(units, 2))
    outcome = effect + covariates @ [1.0, 0.5] + rng.normal(size=units)
    return np.column_stack([outcome, covariates])


def test_the_coefficients_are_those_of_least_squares():
    rng = np.random.default_rng(8)
    tables = arm(rng, 300), arm(rng, 200, effect=0.4)
    ours = adjust_for_covariates(
        *map(Moments.of, tables), outcome=OUTCOME, covariates=[FIRST, SECOND]
    )
    together = np.vstack(tables)
    design = np.column_stack([np.ones(500), together[:, 1:]])
    theirs = np.linalg.lstsq(design, together[:, 0], rcond=None)[0]
    assert ours.coefficients == pytest.approx(theirs[1:])


def test_agrees_with_a_regression_on_the_treatment():
    import statsmodels.api as sm

    rng = np.random.default_rng(9)
    tables = arm(rng, 2_000), arm(rng, 2_000, effect=0.3)
    adjusted = adjust_for_covariates(
        *map(Moments.of, tables), outcome=OUTCOME, covariates=[FIRST, SECOND]
    )
    ours = compare_means(adjusted.control, adjusted.treatment)
    together = np.vstack(tables)
    design = np.column_stack([np.ones(4_000), np.repeat([0, 1], 2_000), together[:, 1:]])
    theirs = sm.OLS(together[:, 0], design).fit()
    assert ours.estimate == pytest.approx(theirs.params[1], rel=0.01)
    assert ours.standard_error == pytest.approx(theirs.bse[1], rel=0.02)
    # Var(y - theta x) / Var(y) = 1 - R^2 = 1 / (1 + 1 + 0.25).
    assert adjusted.variance_kept == pytest.approx(1 / 2.25, rel=0.05)
    assert variance_explained(
        Moments.of(tables[0]), outcome=OUTCOME, covariates=[FIRST, SECOND]
    ) == pytest.approx(1 - 1 / 2.25, rel=0.05)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e3))
@settings(max_examples=40)
def test_neither_the_unit_nor_the_zero_of_a_covariate_matters(shift, scale):
    rng = np.random.default_rng(10)
    tables = arm(rng, 50), arm(rng, 60)
    moved = [table * [1, scale, 1] + [0, shift * scale, 0] for table in tables]
    here, there = (
        adjust_for_covariates(*map(Moments.of, pair), outcome=OUTCOME, covariates=[FIRST, SECOND])
        for pair in (tables, moved)
    )
    assert there.treatment.mean - there.control.mean == pytest.approx(
        here.treatment.mean - here.control.mean, abs=1e-8
    )
    assert there.variance_kept == pytest.approx(here.variance_kept, rel=1e-6)


def test_a_copy_of_a_covariate_and_a_constant_change_nothing():
    rng = np.random.default_rng(12)
    tables = [
        np.column_stack([table, 3 * table[:, 1], np.ones(len(table))])
        for table in (arm(rng, 80), arm(rng, 80))
    ]
    alone, crowded = (
        adjust_for_covariates(*map(Moments.of, tables), outcome=OUTCOME, covariates=covariates)
        for covariates in (
            [FIRST, SECOND],
            [FIRST, SECOND, Measure(numerator=3), Measure(numerator=4)],
        )
    )
    assert crowded.control.mean == pytest.approx(alone.control.mean)
    assert crowded.variance_kept == pytest.approx(alone.variance_kept)
    assert crowded.coefficients[3] == 0


def test_a_ratio_is_adjusted_by_the_ratio_before_the_test():
    rng = np.random.default_rng(20240603)
    ratio, before = Measure(numerator=0, denominator=1), Measure(numerator=2, denominator=3)
    estimates, errors = [], []
    for _ in range(400):
        arms = []
        for _arm in range(2):
            taste = rng.gamma(4.0, 5.0, 300)
            visits = 1 + rng.poisson(2.0, (300, 2))
            spent = taste[:, None] * visits + rng.normal(0, 5, (300, 2))
            arms.append(
                Moments.of(np.column_stack([spent[:, 0], visits[:, 0], spent[:, 1], visits[:, 1]]))
            )
        adjusted = adjust_for_covariates(*arms, outcome=ratio, covariates=[before])
        difference = compare_means(adjusted.control, adjusted.treatment)
        estimates.append(difference.estimate)
        errors.append(difference.standard_error)
        assert adjusted.variance_kept < 0.6
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=0.1)


def test_a_true_null_is_rejected_at_its_level():
    rng = np.random.default_rng(20240604)
    p_values = []
    for _ in range(2_000):
        adjusted = adjust_for_covariates(
            Moments.of(arm(rng, 100)),
            Moments.of(arm(rng, 100)),
            outcome=OUTCOME,
            covariates=[FIRST, SECOND],
        )
        p_values.append(compare_means(adjusted.control, adjusted.treatment).p_value)
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.015)


def test_an_outcome_without_spread_keeps_all_of_none():
    flat = Moments.of([[1.0, 1.0], [1.0, 2.0], [1.0, 4.0]])
    adjusted = adjust_for_covariates(flat, flat, outcome=OUTCOME, covariates=[FIRST])
    assert adjusted.variance_kept == 1.0
    assert variance_explained(flat, outcome=OUTCOME, covariates=[FIRST]) == 0.0


def test_no_covariates_are_no_adjustment():
    some = Moments.of([[1.0, 1.0], [2.0, 3.0]])
    with pytest.raises(ArgumentImpossible):
        adjust_for_covariates(some, some, outcome=OUTCOME, covariates=[])


def test_one_unit_is_too_few():
    one, two = Moments.of([[1.0, 1.0]]), Moments.of([[1.0, 1.0], [2.0, 3.0]])
    with pytest.raises(TooFewUnits):
        adjust_for_covariates(one, two, outcome=OUTCOME, covariates=[FIRST])
    with pytest.raises(TooFewUnits):
        variance_explained(one, outcome=OUTCOME, covariates=[FIRST])


def test_slopes_from_inside_the_arms_do_not_know_the_effect():
    rng = np.random.default_rng(9)
    before = rng.normal(0, 1, (2, 300))
    values = before + rng.normal(0, 1, (2, 300)) + np.array([[0.0], [50.0]])
    arms = [
        Moments.of(np.column_stack([value, covariate]))
        for value, covariate in zip(values, before, strict=True)
    ]
    columns = {"outcome": Measure(numerator=0), "covariates": [Measure(numerator=1)]}
    within = adjust_for_covariates(*arms, **columns, slopes_from="within")
    inside = [np.cov(covariate, value) for value, covariate in zip(values, before, strict=True)]
    expected = sum(each[0, 1] for each in inside) / sum(each[0, 0] for each in inside)
    assert within.coefficients[0] == pytest.approx(expected)
    # An effect of 50 deviations and a chance imbalance mislead the slope over all units.
    together = adjust_for_covariates(*arms, **columns)
    assert abs(within.coefficients[0] - 1) < abs(together.coefficients[0] - 1)
    with pytest.raises(ArgumentImpossible):
        adjust_for_covariates(*arms, **columns, slopes_from="control")


def test_an_arm_of_one_unit_is_not_adjusted():
    from experiments.stats import TooFewUnits, adjust_arms

    arms = [Moments.of([[1.0, 2.0]]), Moments.of([[1.0, 2.0], [2.0, 3.0]])]
    with pytest.raises(TooFewUnits, match="every arm"):
        adjust_arms(arms, outcome=Measure(numerator=0), covariates=[Measure(numerator=1)])
