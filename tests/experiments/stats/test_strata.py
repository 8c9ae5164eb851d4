from __future__ import annotations

import numpy as np
import pytest

from experiments import stats
from experiments.stats import (
    Measure,
    Moments,
    SampleImpossible,
    TooFewUnits,
    VarianceIsZero,
    compare_means,
    post_stratify,
)

MEAN = Measure(numerator=0)


def one_test(rng, units=200):
    segment = rng.integers(0, 4, 2 * units)
    value = 3.0 * segment + rng.normal(size=2 * units)
    treated = rng.random(2 * units) < 0.5
    return [
        tuple(Moments.of(value[(segment == k) & (treated == arm), None]) for arm in (False, True))
        for k in range(4)
    ]


def test_its_error_is_the_spread_of_its_estimate_and_far_below_the_plain_one():
    rng = np.random.default_rng(20240605)
    found = [post_stratify(one_test(rng), outcome=MEAN).difference() for _ in range(1_500)]
    errors = np.array([each.standard_error for each in found])
    assert errors.mean() == pytest.approx(np.std([each.estimate for each in found]), rel=0.07)
    assert np.mean([each.p_value < 0.05 for each in found]) == pytest.approx(0.05, abs=0.018)
    segments = one_test(rng)
    plain = compare_means(
        *(sum(arms[1:], arms[0]).sample(MEAN) for arms in zip(*segments, strict=True))
    )
    assert errors.mean() < plain.standard_error / 2


def test_a_single_segment_is_the_plain_difference():
    rng = np.random.default_rng(13)
    arms = [Moments.of(rng.lognormal(size=(50, 1))) for _ in range(2)]
    ours = post_stratify([tuple(arms)], outcome=MEAN).difference()
    plain = compare_means(*(arm.sample(MEAN) for arm in arms))
    assert (ours.estimate, ours.standard_error) == pytest.approx(
        (plain.estimate, plain.standard_error)
    )


@pytest.mark.parametrize("alternative", ["greater", "less"])
def test_one_side_leaves_the_other_open(alternative):
    result = post_stratify(one_test(np.random.default_rng(1)), outcome=MEAN)
    side = result.difference(alternative=alternative)
    assert np.isinf(side.high if alternative == "greater" else side.low)


def test_what_cannot_be_weighed_is_refused():
    some, wide = Moments.of([[1.0], [2.0]]), Moments.of([[1.0, 2.0], [2.0, 3.0]])
    with pytest.raises(TooFewUnits):
        post_stratify([], outcome=MEAN)
    with pytest.raises(TooFewUnits):
        post_stratify([(some, Moments.of([[1.0]]))], outcome=MEAN)
    with pytest.raises(SampleImpossible):
        post_stratify([(some, some), (wide, wide)], outcome=MEAN)


def test_no_spread_is_an_error():
    flat = Moments.of([[1.0], [1.0]])
    with pytest.raises(VarianceIsZero):
        post_stratify([(flat, flat)], outcome=MEAN).difference()


def rows_of_one_segment():
    rng = np.random.default_rng(13)
    treated = rng.random(400) < 0.4
    covariate = rng.normal(10, 2, 400)
    values = 3 + 2 * covariate + 0.7 * treated + rng.normal(0, 1, 400)
    return treated, np.column_stack([values, covariate])


def test_with_a_covariate_one_segment_is_the_regression_of_statsmodels():
    import statsmodels.api as sm

    treated, rows = rows_of_one_segment()
    arms = stats.Moments.of(rows[~treated]), stats.Moments.of(rows[treated])
    ours = stats.post_stratify([arms], outcome=stats.Measure(numerator=0), covariates=[1])
    theirs = sm.OLS(rows[:, 0], sm.add_constant(np.column_stack([treated, rows[:, 1]]))).fit()
    found = ours.difference()
    assert found.estimate == pytest.approx(theirs.params[1])
    assert found.standard_error == pytest.approx(theirs.bse[1])
    assert ours.control == pytest.approx(theirs.params[0] + theirs.params[2] * rows[:, 1].mean())


def test_the_error_of_a_lift_is_the_spread_of_its_estimate():
    rng = np.random.default_rng(17)

    def one_lift():
        sizes = rng.multinomial(600, [0.3, 0.7])
        cells = []
        for size, level in zip(sizes, (5.0, 9.0), strict=True):
            treated = rng.random(size) < 0.5
            covariate = rng.normal(0, 1, size)
            values = level + covariate + 0.1 * level * treated + rng.normal(0, 1, size)
            rows = np.column_stack([values, covariate])
            cells.append((stats.Moments.of(rows[~treated]), stats.Moments.of(rows[treated])))
        return stats.post_stratify(cells, outcome=stats.Measure(numerator=0), covariates=[1]).lift()

    lifts = [one_lift() for _ in range(400)]
    logs = np.log1p([each.estimate for each in lifts])
    width = np.mean([np.log1p(each.high) - np.log1p(each.low) for each in lifts])
    assert logs.std() == pytest.approx(width / (2 * 1.96), rel=0.1)
    assert logs.mean() == pytest.approx(np.log(1.1), abs=0.002)


def test_a_lift_needs_a_control_above_zero():
    flat = stats.Stratified(
        control=0.0, treatment=1.0, control_variance=1.0, treatment_variance=1.0, covariance=0.0
    )
    with pytest.raises(stats.BaselineNotPositive):
        flat.lift()


def test_covariates_that_are_no_columns_and_too_few_units_are_refused():
    small = (stats.Moments.of([[1.0, 1.0]]), stats.Moments.of([[2.0, 2.0], [3.0, 1.0]]))
    outcome = stats.Measure(numerator=0)
    with pytest.raises(stats.ArgumentImpossible):
        stats.post_stratify([small], outcome=outcome, covariates=[2])
    with pytest.raises(stats.TooFewUnits):
        stats.post_stratify([small], outcome=outcome, covariates=[1])
    with pytest.raises(stats.TooFewUnits):
        stats.post_stratify(
            [(stats.Moments.none(columns=2), small[1])], outcome=outcome, covariates=[1]
        )
