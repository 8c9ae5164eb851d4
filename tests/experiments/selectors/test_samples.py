from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from events.models import Event
from experiments import stats
from experiments.outcomes import columns_of
from experiments.plans import MetricSpec
from experiments.selectors import samples_by_arm
from experiments.services import roll_up_refresh
from tests.factories.experiments import (
    LATER,
    ORDERS,
    REVENUE,
    STARTED_AT,
    expose,
    order,
    running,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def samples_of(experiment, *, now=LATER):
    roll_up_refresh(experiment, now=now)
    return samples_by_arm(experiment, now=now)


def orders_of(experiment, *, now=LATER, arm="control"):
    return samples_of(experiment, now=now).overall("orders", arm)


def test_units_without_an_event_count_as_zero():
    experiment = running()
    expose(experiment, "control", "ann", "bob", "cid")
    order("ann", "12.50")
    revenue = samples_of(experiment).overall("revenue", "control")
    assert (revenue.units, revenue.doers, revenue.total) == (3, 1, Fraction("12.5"))


def test_events_before_the_assignment_do_not_count():
    experiment = running()
    expose(experiment, "control", "ann", at=STARTED_AT + HOUR)
    order("ann", at=STARTED_AT)
    assert orders_of(experiment).doers == 0


def test_an_event_at_the_moment_of_assignment_counts():
    experiment = running()
    expose(experiment, "control", "ann", at=STARTED_AT)
    order("ann", at=STARTED_AT)
    assert orders_of(experiment).doers == 1


def test_events_after_the_moment_asked_for_do_not_count():
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann", at=LATER + HOUR)
    assert orders_of(experiment).doers == 0


def test_units_assigned_after_the_moment_asked_for_do_not_count():
    experiment = running()
    expose(experiment, "control", "ann", at=LATER + HOUR)
    assert orders_of(experiment).units == 0


@pytest.mark.parametrize(("hours", "converters"), [(23, 1), (24, 0)])
def test_only_events_inside_the_window_count(hours, converters):
    windowed = [ORDERS.__class__(**{**fields(ORDERS), "window_hours": 24})]
    experiment = running(metrics=windowed)
    expose(experiment, "control", "ann")
    order("ann", at=STARTED_AT + hours * HOUR)
    assert orders_of(experiment).doers == converters


def fields(spec):
    return {name: getattr(spec, name) for name in spec.__slots__}


def test_events_of_another_name_or_kind_do_not_count():
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann", name="Product Viewed")
    Event.objects.filter(pk=order("ann").pk).update(kind="page")
    assert orders_of(experiment).doers == 0


def test_a_unit_that_orders_twice_is_one_converter_with_the_sum_of_both():
    experiment = running()
    expose(experiment, "control", "ann", "bob")
    order("ann", "10.10")
    order("ann", "0.2003")
    samples = samples_of(experiment)
    revenue = samples.overall("revenue", "control")
    assert (revenue.doers, revenue.total) == (1, Fraction("10.3003"))
    assert samples.overall("order_count", "control").total == 2


def test_an_event_without_a_value_adds_nothing():
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann", None)
    samples = samples_of(experiment)
    assert samples.overall("orders", "control").doers == 1
    assert samples.overall("revenue", "control").total == 0


def test_exposures_of_other_experiments_stay_out():
    experiment, other = running(), running()
    expose(experiment, "control", "ann")
    expose(other, "urgency", "ann", "bob")
    order("ann")
    samples = samples_of(experiment)
    assert (samples.units_of("control"), samples.units_of("urgency")) == (1, 0)
    assert samples.overall("orders", "urgency").doers == 0


def test_overall_is_the_sum_of_the_strata():
    experiment = running()
    expose(experiment, "control", "ann", "bob", stratum="loyal")
    expose(experiment, "control", "cid")
    order("ann", "5")
    order("cid", "7")
    samples = samples_of(experiment)
    assert samples.strata == ("", "loyal")
    assert samples.of("revenue", "loyal", "control").total == 5
    assert samples.of("revenue", "", "control").units == 1
    assert samples.overall("revenue", "control").total == 12


def test_a_metric_of_a_billion_keeps_its_variance():
    experiment = running()
    values = [1e9, 1e9 + 1, 1e9 + 5]
    expose(experiment, "control", "ann", "bob", "cid")
    for unit, value in zip(["ann", "bob", "cid"], values, strict=True):
        order(unit, str(value))
    mean = samples_of(experiment).overall("revenue", "control").mean()
    assert mean.mean == 1e9 + 2
    assert mean.variance == pytest.approx(np.var([0, 1, 5], ddof=1), rel=1e-14)


def test_sums_that_were_kept_serve_for_the_days_they_are_of_and_no_other():
    experiment = running(metrics=[replace(ORDERS, window_hours=24)])
    expose(experiment, "control", "ann", at=STARTED_AT)
    order("ann", at=STARTED_AT)
    roll_up_refresh(experiment, now=STARTED_AT + HOUR)
    early, late = (
        samples_by_arm(experiment, now=STARTED_AT + days * 24 * HOUR).overall("orders", "control")
        for days in (1, 3)
    )
    assert (early.units, late.units, late.doers) == (0, 1, 1)


def test_few_queries_read_every_metric(django_assert_num_queries):
    experiment = running()
    expose(experiment, "control", "ann")
    roll_up_refresh(experiment, now=LATER)
    with django_assert_num_queries(3):
        samples_by_arm(experiment, now=LATER)


def test_a_unit_counts_once_the_window_of_its_whole_day_is_over():
    experiment = running(metrics=[replace(ORDERS, window_hours=24), REVENUE])
    expose(experiment, "control", "ann", at=STARTED_AT)
    expose(experiment, "control", "bob", at=STARTED_AT + 24 * HOUR)
    order("bob", at=STARTED_AT + 25 * HOUR)
    samples = samples_of(experiment, now=STARTED_AT + 40 * HOUR)
    orders, revenue = (samples.overall(key, "control") for key in ("orders", "revenue"))
    assert (orders.units, orders.doers, samples.waiting("orders")) == (1, 0, 1)
    assert (revenue.units, revenue.total, samples.waiting("revenue")) == (2, 10, 0)
    assert samples.units_of("control") == 2


def test_retention_counts_only_what_is_done_later():
    back = replace(ORDERS, kind="retention", window_starts_hours=24, window_hours=48)
    experiment = running(metrics=[back])
    expose(experiment, "control", "ann", "bob", "cid")
    order("ann", at=STARTED_AT + 23 * HOUR)
    order("bob", at=STARTED_AT + 24 * HOUR)
    order("cid", at=STARTED_AT + 48 * HOUR)
    assert orders_of(experiment).doers == 1


def test_a_ratio_has_both_sums_and_their_product():
    per_view = MetricSpec(
        key="orders",
        name="Revenue a view",
        kind="ratio",
        role="goal",
        event_name="Order Completed",
        denominator_event="Viewed",
    )
    experiment = running(metrics=[per_view])
    expose(experiment, "control", "ann", "bob", "cid")
    order("ann", "30")
    for unit in ("ann", "ann", "bob"):
        order(unit, name="Viewed")
    figure = (
        orders_of(experiment)
        .moments(columns_of(per_view))
        .sample(stats.Measure(numerator=0, denominator=1))
    )
    assert (figure.units, figure.mean) == (3, 10.0)


def test_a_cap_bounds_what_a_unit_counts_as_and_the_raw_stays_beside():
    experiment = running(metrics=[ORDERS, replace(REVENUE, cap=Decimal("20"))])
    expose(experiment, "control", "ann", "bob")
    order("ann", "15")
    order("bob", "15")
    order("bob", "90")
    samples = samples_of(experiment)
    assert samples.overall("revenue", "control").total == 35
    assert samples.overall("revenue", "control", is_capped=False).total == 120


def test_a_cap_at_a_quantile_follows_the_data():
    experiment = running(metrics=[ORDERS, replace(REVENUE, cap_quantile=0.75)])
    units = [f"unit-{number}" for number in range(4)]
    expose(experiment, "control", *units)
    for unit, value in zip(units, ("1", "2", "3", "100"), strict=True):
        order(unit, value)
    assert samples_of(experiment).overall("revenue", "control").total == 1 + 2 + 3 + 3
    order(units[2], "47")
    assert samples_of(experiment).overall("revenue", "control").total == 1 + 2 + 50 + 50


def test_what_people_did_before_is_their_covariate():
    adjusted = replace(REVENUE, covariate_days=7)
    experiment = running(metrics=[ORDERS, adjusted])
    expose(experiment, "control", "ann", "bob")
    order("ann", "5", at=STARTED_AT - 7 * 24 * HOUR)
    order("ann", "7", at=STARTED_AT - 8 * 24 * HOUR)
    order("ann", "11", at=STARTED_AT)
    outcome = samples_of(experiment).overall("revenue", "control")
    moments = outcome.moments(columns_of(adjusted))
    assert moments.means == (5.5, 2.5)
    assert moments.products == ((60.5, 27.5), (27.5, 12.5))
