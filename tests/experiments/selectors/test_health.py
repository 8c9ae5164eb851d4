from __future__ import annotations

from datetime import date, timedelta

import pytest

from events.models import Event
from experiments.health import Activity, Cell, Doers, GoalLift, Slice, examine
from experiments.models import Exposure, UnknownArm, WeightChange
from experiments.selectors import health_context, other_arm_counts
from experiments.selectors.health_log import effect_by_age
from experiments.selectors.plans import metric_specs
from experiments.services import MetricSpec, experiment_pause, roll_up_refresh
from experiments.stats import Mean
from tests.factories.experiments import (
    LATER,
    ORDERS,
    STARTED_AT,
    expose,
    order,
    orders,
    running,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MARCH_3 = date(2025, 3, 3)
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def gathered(experiment, *, now=LATER, goals=(), **options):
    roll_up_refresh(experiment, now=now)
    return health_context(experiment, now=now, goals=goals, **options)


def clicked_by(unit, agent, *, at=STARTED_AT + HOUR):
    event = order(unit, at=at)
    Event.objects.filter(pk=event.pk).update(context={"userAgent": agent})


def by_age(experiment, *, now=LATER):
    return effect_by_age(experiment, metric_specs(experiment)[0], now=now)


def test_what_was_planned_is_in_the_context():
    experiment = running(minimum_units_per_arm=40, minimum_days=5)
    goals = [GoalLift(metric="Orders", arm="urgency", lift=0.1, is_significant=False)]
    context = gathered(experiment, goals=goals)
    assert [arm.key for arm in context.arms] == ["control", "urgency"]
    assert (context.now, context.started_at) == (LATER, STARTED_AT)
    assert (context.minimums.units_per_arm, context.minimums.days) == (40, 5)
    assert context.goals == tuple(goals)
    assert context.is_running
    assert not context.is_external


def test_units_are_those_of_the_roll_up_by_day_period_segment_and_arm():
    experiment = running()
    expose(experiment, "control", "ann", "bob", stratum="loyal")
    expose(experiment, "urgency", "cid", at=STARTED_AT + DAY)
    Exposure.objects.filter(unit_id="cid").update(period=1)
    assert gathered(experiment).cells == (
        Cell(day=MARCH_3, period=0, stratum="loyal", arm="control", units=2),
        Cell(day=MARCH_3 + DAY, period=1, stratum="", arm="urgency", units=1),
    )


def test_a_period_without_a_record_has_the_arms_own_weights():
    experiment = running()
    WeightChange.objects.create(
        experiment=experiment,
        period=1,
        weights={"control": 0.2, "urgency": 0.8},
        reason="more of it",
        created_at=LATER,
    )
    context = gathered(experiment)
    assert context.shares(0) == (0.5, 0.5)
    assert context.shares(1) == (0.2, 0.8)


def test_units_with_a_second_arm_are_counted_by_their_first():
    experiment, other = running(), running()
    expose(experiment, "control", "ann", "bob")
    expose(experiment, "urgency", "cid")
    expose(other, "control", "ann")
    Exposure.objects.exclude(unit_id="bob").update(has_other_arm=True)
    assert other_arm_counts(experiment) == {"control": 1, "urgency": 1}
    assert gathered(experiment).other_arm == {"control": 1, "urgency": 1}


def test_arms_that_do_not_exist_are_told_with_their_times():
    experiment = running()
    for key, times in (("urgancy", 12), ("none", 0)):
        UnknownArm.objects.create(
            experiment=experiment, key=key, times=times, last_seen_at=STARTED_AT
        )
    [strange] = gathered(experiment).strange_arms
    assert (strange.key, strange.times, strange.last_seen_at) == ("urgancy", 12, STARTED_AT)


def test_what_units_did_before_is_summed_with_nothing_as_zero():
    revenue = MetricSpec(
        key="revenue",
        name="Revenue",
        kind="sum",
        role="goal",
        event_name="Order Completed",
        covariate_days=7,
    )
    experiment = running(metrics=(revenue, ORDERS))
    expose(experiment, "control", "ann", "bob", "cid", "dan")
    expose(experiment, "urgency", "eve", "fay")
    order("ann", "10", at=STARTED_AT - DAY)
    order("ann", "20", at=STARTED_AT - 2 * DAY)
    order("bob", "10", at=STARTED_AT - DAY)
    order("cid", "99", at=STARTED_AT + DAY)
    assert gathered(experiment).before == {
        # 30, 10, 0, 0 about their mean of 10: 400 + 0 + 100 + 100.
        Slice(of="Revenue", arm="control"): Mean(units=4, mean=10.0, centred_squares=600.0),
        Slice(of="Revenue", arm="urgency"): Mean(units=2, mean=0.0, centred_squares=0.0),
    }


def test_metrics_of_one_name_are_told_apart():
    metrics = tuple(
        MetricSpec(
            key=key,
            name="Orders",
            kind="count",
            role="goal",
            event_name="Order Completed",
            covariate_days=days,
        )
        for key, days in (("week", 7), ("month", 28))
    )
    experiment = running(metrics=metrics)
    expose(experiment, "control", "ann")
    assert {place.of for place in gathered(experiment).before} == {
        "Orders (week)",
        "Orders (month)",
    }


def test_people_count_as_come_in_until_the_end_of_their_day():
    experiment = running()
    expose(experiment, "control", "ann")
    context = gathered(experiment)
    assert context.exposed == Activity(days=(MARCH_3,), last_at=STARTED_AT.replace(hour=0) + DAY)
    early = gathered(experiment, now=STARTED_AT + HOUR)
    assert early.exposed.last_at == STARTED_AT + HOUR


def test_nobody_at_all_is_gathered_without_an_error():
    context = gathered(running())
    assert context.exposed == context.counted == Activity()
    assert (context.cells, context.ages, context.doers) == ((), {}, {})
    assert examine(context)[0].check == "stale"


def test_units_with_an_open_window_are_counted_by_days():
    metric = MetricSpec(
        key="orders",
        name="Orders",
        kind="conversion",
        role="goal",
        event_name="Order Completed",
        window_hours=48,
    )
    experiment = running(metrics=(metric,))
    expose(experiment, "control", "ann", "bob")
    expose(experiment, "urgency", "cid", at=STARTED_AT + 9 * DAY)
    context = gathered(experiment)
    assert (context.waiting, context.window_hours) == (1, 48)
    assert gathered(running()).window_hours is None


def test_events_are_known_by_day_from_the_assignment_on():
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann", at=STARTED_AT - HOUR)
    order("ann", at=STARTED_AT + HOUR)
    order("ann", at=STARTED_AT + 2 * DAY)
    order("ann", at=LATER + HOUR)
    order("ann", at=STARTED_AT + 5 * DAY, name="Email Opened")
    order("stranger", at=STARTED_AT + 6 * DAY)
    assert gathered(experiment).counted == Activity(
        days=(MARCH_3, MARCH_3 + 2 * DAY), last_at=STARTED_AT + 2 * DAY
    )


def test_units_with_a_robots_event_are_counted_once():
    experiment = running()
    expose(experiment, "control", "ann", "bob", "cid")
    expose(experiment, "urgency", "dan")
    clicked_by("ann", BOT)
    clicked_by("ann", "curl/8.4.0", at=STARTED_AT + DAY)
    clicked_by("ann", "Mozilla/5.0 Firefox/130.0")
    clicked_by("bob", "Mozilla/5.0 Firefox/130.0")
    order("dan", at=STARTED_AT + HOUR)
    assert gathered(experiment).doers == {
        "control": Doers(units=2, bot_like=1),
        "urgency": Doers(units=1, bot_like=0),
    }


def test_a_log_without_robots_is_not_read_for_them_again(django_assert_num_queries):
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann")
    roll_up_refresh(experiment, now=LATER)
    with django_assert_num_queries(10):
        context = health_context(experiment, now=LATER, goals=())
    assert context.doers == {}


def test_the_log_is_left_alone_where_that_is_asked(django_assert_num_queries):
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann")
    roll_up_refresh(experiment, now=LATER)
    with django_assert_num_queries(7):
        context = health_context(experiment, now=LATER, goals=(), reads_log=False)
    assert context.counted is None
    assert (context.doers, context.ages) == ({}, {})


def test_a_units_day_is_counted_from_its_own_assignment():
    experiment = running()
    expose(experiment, "control", "ann", "bob", at=STARTED_AT)
    order("ann", at=STARTED_AT)
    order("ann", at=STARTED_AT + 23 * HOUR)
    order("ann", at=STARTED_AT + 24 * HOUR)
    ages = by_age(experiment)
    half = Mean(units=2, mean=0.5, centred_squares=0.5)
    assert ages[Slice(of=0, arm="control")] == half
    assert ages[Slice(of=1, arm="control")] == half
    assert ages[Slice(of=2, arm="control")] == Mean(units=2, mean=0.0, centred_squares=0.0)


def test_units_that_have_not_had_a_whole_day_of_that_age_are_in_none_of_it():
    experiment = running()
    expose(experiment, "control", "ann", at=STARTED_AT)
    expose(experiment, "control", "bob", at=LATER - 47 * HOUR)
    order("bob", at=LATER - 46 * HOUR)
    order("bob", at=LATER - 22 * HOUR)
    ages = by_age(experiment)
    assert ages[Slice(of=0, arm="control")] == Mean(units=2, mean=0.5, centred_squares=0.5)
    assert ages[Slice(of=1, arm="control")] == Mean(units=1, mean=0.0, centred_squares=0.0)
    assert max(place.of for place in ages) == 9


def test_the_fourteenth_day_is_the_last():
    experiment = running()
    expose(experiment, "urgency", "ann", at=STARTED_AT)
    order("ann", at=STARTED_AT + 13 * DAY)
    order("ann", at=STARTED_AT + 14 * DAY)
    ages = by_age(experiment, now=STARTED_AT + 100 * DAY)
    assert sorted(place.of for place in ages) == list(range(14))
    assert ages[Slice(of=13, arm="urgency")].mean == 1.0


def test_periods_of_weights_are_kept_apart():
    experiment = running()
    expose(experiment, "control", "ann", "bob")
    Exposure.objects.filter(unit_id="bob").update(period=3)
    order("bob")
    ages = by_age(experiment)
    assert ages[Slice(of=0, arm="control", period=0)].mean == 0.0
    assert ages[Slice(of=0, arm="control", period=3)].mean == 1.0


@pytest.mark.parametrize(
    ("kind", "mean", "squares"),
    [("count", 1.0, 2.0), ("sum", 12.5, 312.5), ("quantile", 12.5, 312.5)],
)
def test_times_and_values_are_summed_a_unit_and_day(kind, mean, squares):
    metric = MetricSpec(
        key="m",
        name="M",
        kind=kind,
        role="goal",
        event_name="Order Completed",
        quantile=0.5 if kind == "quantile" else None,
    )
    experiment = running(metrics=(metric,))
    expose(experiment, "control", "ann", "bob")
    order("ann", "10")
    order("ann", "15", at=STARTED_AT + HOUR)
    found = by_age(experiment)[Slice(of=0, arm="control")]
    assert (found.mean, found.centred_squares) == (mean, squares)


def test_days_outside_the_goals_window_are_left_out():
    retention = MetricSpec(
        key="back",
        name="Back",
        kind="retention",
        role="goal",
        event_name="Order Completed",
        window_starts_hours=30,
        window_hours=24 * 6 + 5,
    )
    experiment = running(metrics=(retention,))
    expose(experiment, "control", "ann")
    assert sorted(place.of for place in by_age(experiment)) == [2, 3, 4, 5]


def test_a_ratio_has_no_effect_by_days():
    ratio = MetricSpec(
        key="basket",
        name="Basket",
        kind="ratio",
        role="goal",
        event_name="Order Completed",
        denominator_event="Order Completed",
    )
    experiment = running(metrics=(ratio,))
    expose(experiment, "control", "ann")
    order("ann")
    assert by_age(experiment) == {}


def test_days_are_those_of_the_one_definition_of_outcomes():
    """The same figures as `experiments.warehouse` has, read by DuckDB from tables of its own."""
    pytest.importorskip("duckdb")
    import pyarrow as pa

    from experiments.warehouse import ages as warehouse
    from experiments.warehouse.engines import fetch
    from tests.experiments.warehouse.engines import EVENTS, EXPOSURES, duckdb_with

    experiment = running()
    exposed, happened = [], []
    for number in range(40):
        unit, key = f"u{number}", ("control", "urgency")[number % 2]
        at = STARTED_AT + number * 5 * HOUR
        expose(experiment, key, unit, at=at)
        exposed.append({"unit_id": unit, "arm": key, "stratum": "", "assigned_at": at})
        for step in range(number % 4):
            moment = at + timedelta(hours=17 * step, minutes=number)
            order(unit, at=moment)
            happened.append({"unit_id": unit, "name": "Order Completed", "occurred_at": moment})
    engine = duckdb_with(
        pa.Table.from_pylist(exposed, schema=EXPOSURES),
        pa.Table.from_pylist(happened, schema=EVENTS),
    )
    tables = engine.table("exposures"), engine.table("events")
    goal = metric_specs(experiment)[0]
    expected = warehouse.moments_by_age(
        fetch(engine, warehouse.ages(*tables, goal, until=LATER, days=14)),
        fetch(engine, warehouse.ages_exposed(tables[0], until=LATER, days=14)),
        goal,
        days=14,
    )
    found = {(place.of, place.arm): sample for place, sample in by_age(experiment).items()}
    assert found.keys() == {place for place, moments in expected.items() if moments.units}
    for place, sample in found.items():
        moments = expected[place]
        assert sample.units == moments.units
        assert sample.mean == pytest.approx(moments.means[0])
        assert sample.centred_squares == pytest.approx(moments.products[0][0])


def test_a_broken_test_is_found_out_from_its_rows():
    experiment = running()
    expose(experiment, "control", *(f"c{n}" for n in range(200)))
    expose(experiment, "urgency", *(f"u{n}" for n in range(100)))
    orders("c1", "u1")
    found = examine(gathered(experiment))
    assert (found[0].check, found[0].severity) == ("split", "blocks")
    # 50 of 150 off in each arm: chi-square 33.3.
    assert found[0].evidence["p_value"] < 1e-7


def test_a_paused_test_does_not_run():
    experiment = experiment_pause(running(), now=LATER, actor=None)
    assert not gathered(experiment).is_running
