from __future__ import annotations

from decimal import Decimal

import pytest

from experiments import stats
from experiments.plans import MetricSpec
from experiments.warehouse.assembly import covariate_of, moments_of, outcome_of

SPEND = MetricSpec(key="spend", name="Spend", kind="sum", event_name="o")


def row(units, mean, variance, **group):
    """Of a group: `units` rows."""
    return {
        "arm": "control",
        "units": units,
        "m0_total": Decimal(units) * Decimal(str(mean)),
        "m0_converters": units,
        "mean_m0_value": mean,
        "cov_m0_value__m0_value": variance,
        **group,
    }


def count(exposed, **group):
    return {"arm": "control", "exposed": exposed, **group}


def test_units_without_a_row_count_as_zero():
    # Values 2, 4 and two units that did nothing: mean 1.5, squares 4 + 16 - 4 * 1.5^2 = 11.
    found = moments_of([row(2, 3.0, 1.0)], [count(4)], [SPEND])["spend", "", "control"]
    assert found.moments.units == 4
    assert found.moments.means == pytest.approx((1.5,))
    assert found.moments.products[0][0] == pytest.approx(11)
    assert (found.total, found.converters) == (6, 2)


def test_an_arm_where_nobody_did_anything_is_all_zeros():
    found = moments_of([], [count(5, arm="urgency")], [SPEND])["spend", "", "urgency"]
    assert (found.moments.units, found.moments.means, found.total) == (5, (0.0,), 0)


def test_groups_of_a_day_are_put_together_by_stratum():
    rows = [row(1, 2.0, 0.0, stratum="a", day=1), row(1, 4.0, 0.0, stratum="a", day=2)]
    counts = [count(1, stratum="a", day=1), count(1, stratum="a", day=2), count(3, stratum="b")]
    found = moments_of(rows, counts, [SPEND])
    assert found["spend", "a", "control"].moments.products == ((2.0,),)
    assert found["spend", "b", "control"].moments.units == 3


def test_rows_may_carry_their_own_counts():
    joined = [{**row(2, 3.0, 1.0), "exposed": 4}, {"arm": "urgency", "exposed": 7, "units": None}]
    found = moments_of(joined, joined, [SPEND])
    assert found["spend", "", "control"].moments.units == 4
    assert found["spend", "", "urgency"].moments.units == 7


def test_more_outcomes_than_units_are_refused():
    with pytest.raises(stats.SampleImpossible, match="1 more units have outcomes"):
        moments_of([row(3, 1.0, 0.5)], [count(2)], [SPEND])


def test_a_variance_that_rounding_took_below_zero_is_zero():
    found = moments_of([row(2, 1.0, -1e-18)], [count(2)], [SPEND])["spend", "", "control"]
    assert found.moments.products == ((0.0,),)


def test_samples_add_up():
    figures = moments_of([row(2, 3.0, 1.0)], [count(4)], [SPEND])["spend", "", "control"]
    both = figures + figures
    assert (both.moments.units, both.total, both.converters, both.capped) == (8, 12, 4, None)


@pytest.mark.parametrize(
    ("kind", "days", "outcome", "covariate"),
    [
        ("sum", None, stats.Measure(numerator=0), None),
        ("sum", 7, stats.Measure(numerator=0), stats.Measure(numerator=1)),
        (
            "ratio",
            7,
            stats.Measure(numerator=0, denominator=1),
            stats.Measure(numerator=2, denominator=3),
        ),
    ],
)
def test_a_metric_knows_its_columns(kind, days, outcome, covariate):
    metric = MetricSpec(key="m", name="M", kind=kind, event_name="o", covariate_days=days)
    assert (outcome_of(metric), covariate_of(metric)) == (outcome, covariate)
