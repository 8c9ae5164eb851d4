from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest

from events.models import Event
from experiments.selectors import samples_by_arm
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


def orders_of(experiment, *, now=LATER, arm="control"):
    return samples_by_arm(experiment, now=now).overall("orders", arm)


def test_units_without_an_event_count_as_zero():
    experiment = running()
    expose(experiment, "control", "ann", "bob", "cid")
    order("ann", "12.50")
    revenue = samples_by_arm(experiment, now=LATER).overall("revenue", "control")
    assert (revenue.units, revenue.converters, revenue.total) == (3, 1, Fraction("12.5"))


def test_events_before_the_assignment_do_not_count():
    experiment = running()
    expose(experiment, "control", "ann", at=STARTED_AT + HOUR)
    order("ann", at=STARTED_AT)
    assert orders_of(experiment).converters == 0


def test_an_event_at_the_moment_of_assignment_counts():
    experiment = running()
    expose(experiment, "control", "ann", at=STARTED_AT)
    order("ann", at=STARTED_AT)
    assert orders_of(experiment).converters == 1


def test_events_after_the_moment_asked_for_do_not_count():
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann", at=LATER + HOUR)
    assert orders_of(experiment).converters == 0


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
    assert orders_of(experiment).converters == converters


def fields(spec):
    return {name: getattr(spec, name) for name in spec.__slots__}


def test_events_of_another_name_or_kind_do_not_count():
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann", name="Product Viewed")
    Event.objects.filter(pk=order("ann").pk).update(kind="page")
    assert orders_of(experiment).converters == 0


def test_a_unit_that_orders_twice_is_one_converter_with_the_sum_of_both():
    experiment = running()
    expose(experiment, "control", "ann", "bob")
    order("ann", "10.10")
    order("ann", "0.2003")
    samples = samples_by_arm(experiment, now=LATER)
    revenue = samples.overall("revenue", "control")
    assert (revenue.converters, revenue.total) == (1, Fraction("10.3003"))
    assert samples.overall("order_count", "control").times == 2


def test_an_event_without_a_value_adds_nothing():
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann", None)
    revenue = samples_by_arm(experiment, now=LATER).overall("revenue", "control")
    assert (revenue.converters, revenue.total) == (1, 0)


def test_exposures_of_other_experiments_stay_out():
    experiment, other = running(), running()
    expose(experiment, "control", "ann")
    expose(other, "urgency", "ann", "bob")
    order("ann")
    samples = samples_by_arm(experiment, now=LATER)
    assert (samples.units_of("control"), samples.units_of("urgency")) == (1, 0)
    assert samples.overall("orders", "urgency").converters == 0


def test_overall_is_the_sum_of_the_strata():
    experiment = running()
    expose(experiment, "control", "ann", "bob", stratum="loyal")
    expose(experiment, "control", "cid")
    order("ann", "5")
    order("cid", "7")
    samples = samples_by_arm(experiment, now=LATER)
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
    mean = samples_by_arm(experiment, now=LATER).overall("revenue", "control").mean("sum")
    assert mean.mean == 1e9 + 2
    assert mean.variance == pytest.approx(np.var([0, 1, 5], ddof=1), rel=1e-14)


def test_one_query_reads_every_metric(django_assert_num_queries):
    experiment = running()
    expose(experiment, "control", "ann")
    with django_assert_num_queries(2):
        samples_by_arm(experiment, now=LATER, metrics=[ORDERS, REVENUE])
