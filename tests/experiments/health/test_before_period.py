from __future__ import annotations

import pytest
from scipy import stats as scipy_stats

from experiments.health import Slice
from experiments.health.before_period import check_before_period
from experiments.stats import Mean
from tests.experiments.health.contexts import CURIOSITY, TWO, context


def before(metric="Revenue", *, control, urgency, period=0):
    return {
        Slice(of=metric, arm="control", period=period): control,
        Slice(of=metric, arm="urgency", period=period): urgency,
    }


def sample(mean, units=1000, variance=100.0):
    return Mean.from_variance(units=units, mean=mean, variance=variance)


def test_arms_that_differed_before_are_a_warning():
    # Error sqrt(100 / 1000 * 2) = 0.447; 2 is 4.47 of them.
    found = check_before_period(context(before=before(control=sample(10), urgency=sample(12))))
    assert (found.severity, found.stage) == ("warning", "assignment")
    assert "Urgency on Revenue" in found.sentence
    expected = scipy_stats.ttest_ind_from_stats(12, 10, 1000, 10, 10, 1000, equal_var=False).pvalue
    assert found.evidence["p_value.Revenue.urgency"] == pytest.approx(expected, rel=1e-9)
    assert found.evidence["difference.Revenue.urgency"] == pytest.approx(2.0)


def test_a_difference_that_chance_makes_is_none():
    # 3 errors: p = 0.003.
    found = check_before_period(context(before=before(control=sample(10), urgency=sample(11.34))))
    assert found is None


def test_the_level_is_divided_by_arms_and_metrics():
    # 3.5 errors: p = 0.00048, below 0.001 and not below 0.001 / 3.
    odd = before(control=sample(10), urgency=sample(11.565))
    even = {
        **before("Visits", control=sample(5), urgency=sample(5)),
        **before("Clicks", control=sample(5), urgency=sample(5)),
    }
    assert check_before_period(context(before=odd)) is not None
    assert check_before_period(context(before={**odd, **even})) is None


def test_more_of_one_arm_in_a_richer_period_is_no_imbalance():
    weights = {0: {"control": 0.9, "urgency": 0.1}, 1: {"control": 0.1, "urgency": 0.9}}
    samples = {
        **before(control=sample(10, 9000), urgency=sample(10, 1000)),
        **before(control=sample(20, 1000), urgency=sample(20, 9000), period=1),
    }
    assert check_before_period(context(before=samples, weights=weights)) is None
    assert check_before_period(context(before=samples)) is not None


def test_an_imbalance_in_both_periods_is_found_across_weights():
    weights = {0: {"control": 0.9, "urgency": 0.1}, 1: {"control": 0.1, "urgency": 0.9}}
    samples = {
        **before(control=sample(10, 9000), urgency=sample(12, 1000)),
        **before(control=sample(20, 1000), urgency=sample(22, 9000), period=1),
    }
    found = check_before_period(context(before=samples, weights=weights))
    assert found.evidence["difference.Revenue.urgency"] == pytest.approx(2.0)


def test_periods_that_only_ramped_up_are_pooled():
    samples = {
        **before(control=sample(10), urgency=sample(12)),
        **before(control=sample(10), urgency=sample(12), period=1),
    }
    weights = {0: {"control": 0.5, "urgency": 0.5}, 1: {"control": 0.5, "urgency": 0.5}}
    found = check_before_period(context(before=samples, weights=weights))
    # Two samples of 1,000 with variance 100 have 2 * 999 * 100 centred squares together.
    deviation = (2 * 999 * 100 / 1999) ** 0.5
    expected = scipy_stats.ttest_ind_from_stats(12, deviation, 2000, 10, deviation, 2000).pvalue
    assert found.evidence["p_value.Revenue.urgency"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    "samples",
    [
        {},
        before(control=sample(0, variance=0), urgency=sample(0, variance=0)),
        before(control=sample(10), urgency=Mean.of([1.0])),
    ],
)
def test_nothing_to_compare_is_no_finding(samples):
    assert check_before_period(context(before=samples)) is None


def test_an_arm_without_anybody_is_left_out():
    samples = before(control=sample(10), urgency=sample(12))
    assert check_before_period(context(arms=(*TWO, CURIOSITY), before=samples)) is not None
