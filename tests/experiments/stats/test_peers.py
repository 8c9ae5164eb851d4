"""The numbers of other platforms beyond the shared vectors: their properties, and named errors."""

from __future__ import annotations

import numpy as np
import pytest

from experiments import stats

COUNTS = stats.Proportion(trials=1000, successes=100), stats.Proportion(trials=1000, successes=130)


def test_the_symmetric_lift_is_biased_downwards_on_skewed_values_as_the_module_says():
    rng = np.random.default_rng(2)

    def revenue():
        return stats.Mean.of(rng.lognormal(3, 1.5, 200) * (rng.random(200) < 0.1))

    pairs = [(revenue(), revenue()) for _ in range(800)]
    lifts = [
        stats.delta_lift(
            control.mean,
            treatment.mean,
            control_variance=control.variance_of_mean,
            treatment_variance=treatment.variance_of_mean,
        )
        for control, treatment in pairs
    ]
    wrong = [lift for lift in lifts if lift.p_value < 0.05]
    ours = [stats.compare_means(*pair).p_value < 0.05 for pair in pairs]
    assert len(wrong) / len(pairs) > 0.08 > np.mean(ours)
    assert np.mean([lift.estimate < 0 for lift in wrong]) > 0.9


def test_a_covariance_of_the_means_narrows_the_lift():
    options = {"control_variance": 0.01, "treatment_variance": 0.01}
    plain = stats.delta_lift(5.0, 5.2, **options)
    shared = stats.delta_lift(5.0, 5.2, covariance=0.005, **options)
    assert shared.standard_error < plain.standard_error


@pytest.mark.parametrize("alternative", ["greater", "less"])
def test_one_side_leaves_the_other_open(alternative):
    difference, lift = stats.pooled_rates(*COUNTS, alternative=alternative)
    open_ends = {"greater": (difference.high, lift.high), "less": (difference.low, lift.low)}
    assert open_ends[alternative] in ((np.inf, np.inf), (-np.inf, -1.0))


def test_the_pooled_interval_leaves_zero_out_exactly_with_the_p_value():
    for is_corrected in (False, True):
        for successes in range(100, 160):
            arms = COUNTS[0], stats.Proportion(trials=1000, successes=successes)
            found, _ = stats.pooled_rates(*arms, is_corrected=is_corrected)
            assert (found.low > 0) == (found.p_value < 0.05)


def test_what_has_no_lift_is_named():
    def of(*successes):
        return [stats.Proportion(trials=9, successes=each) for each in successes]

    with pytest.raises(stats.VarianceIsZero):
        stats.pooled_rates(*of(0, 0))
    with pytest.raises(stats.BaselineNotPositive):
        stats.pooled_rates(*of(0, 3))
    with pytest.raises(stats.TreatmentNotPositive):
        stats.pooled_rates(*of(3, 0))
    with pytest.raises(stats.BaselineNotPositive):
        stats.delta_lift(0.0, 1.0, control_variance=1.0, treatment_variance=1.0)
    with pytest.raises(stats.VarianceIsZero):
        stats.delta_lift(1.0, 1.0, control_variance=0.0, treatment_variance=0.0)


def test_an_adjusted_lift_needs_a_control_above_zero():
    arms = [
        stats.Moments.of([[-1, 1], [-2, 3], [-4, 4]]),
        stats.Moments.of([[3, 2], [4, 3], [7, 6]]),
    ]
    outcome, covariate = stats.Measure(numerator=0), stats.Measure(numerator=1)
    adjusted = stats.adjust_for_covariates(*arms, outcome=outcome, covariates=[covariate])
    with pytest.raises(stats.BaselineNotPositive):
        stats.adjusted_delta_lift(*arms, adjusted, outcome=outcome, covariate=covariate)


def test_in_large_samples_the_adjusted_lift_is_ours():
    rng = np.random.default_rng(5)
    before = rng.gamma(2, 3, (2, 50_000))
    values = before * 0.5 + rng.gamma(2, 2, (2, 50_000)) * np.array([[1.0], [1.05]])
    arms = [stats.Moments.of(np.column_stack(pair)) for pair in zip(values, before, strict=True)]
    outcome, covariate = stats.Measure(numerator=0), stats.Measure(numerator=1)
    adjusted = stats.adjust_for_covariates(*arms, outcome=outcome, covariates=[covariate])
    theirs = stats.adjusted_delta_lift(*arms, adjusted, outcome=outcome, covariate=covariate)
    ours = stats.relative_mean_lift(adjusted.control, adjusted.treatment)
    assert theirs.estimate == pytest.approx(ours.estimate, abs=1e-3)
