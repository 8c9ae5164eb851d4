"""Roll-ups: whatever comes in whatever order, they end in the numbers of a full recomputation."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, connections, transaction

from core.transactions import current_transaction
from events.services import events_store
from experiments.models import ExposureCell, OutcomeCell, RollUp, UnitOutcome
from experiments.plans import MetricSpec
from experiments.selectors import samples_by_arm
from experiments.services import experiment_decide, roll_up_refresh, unit_forget
from tests.factories.events import incoming_event
from tests.factories.experiments import (
    LATER,
    ORDERS,
    REVENUE,
    STARTED_AT,
    expose,
    order,
    orders,
    running,
)

HOUR = timedelta(hours=1)
METRICS = [
    ORDERS,
    replace(REVENUE, cap_quantile=0.8, covariate_days=3),
    MetricSpec(key="times", name="Times", kind="count", event_name="Viewed", cap=Decimal(2)),
    MetricSpec(
        key="a_view",
        name="Revenue a view",
        kind="ratio",
        event_name="Order Completed",
        denominator_event="Viewed",
        window_hours=72,
        covariate_days=2,
    ),
    MetricSpec(
        key="back",
        name="Came back",
        kind="retention",
        event_name="Viewed",
        window_starts_hours=24,
        window_hours=96,
    ),
]


def everything(experiment):
    """All that a roll-up holds, empty sums left out: what matters is what they add up to."""
    metrics = dict(experiment.metrics.values_list("pk", "key"))
    cells = [
        {name: value for name, value in cell.items() if name != "id"}
        for cell in OutcomeCell.objects.filter(metric__in=metrics).values()
    ]
    return {
        "units": sorted(
            UnitOutcome.objects.filter(metric__in=metrics).values_list(
                "metric_id", "unit_id", "arm_id", "stratum", "day", "value", "denominator",
                "before", "denominator_before",
            )
        ),
        "exposed": sorted(
            ExposureCell.objects.filter(experiment=experiment, units__gt=0).values_list(
                "arm_id", "stratum", "day", "period", "units"
            )
        ),
        "cells": sorted(
            (tuple(cell.items()) for cell in cells if any_sum(cell)), key=repr
        ),
    }  # fmt: skip


def any_sum(cell):
    return any(value for name, value in cell.items() if name.startswith(("sum_", "product_")))


def made_anew(experiment, *, now):
    """The same by a full recomputation."""
    RollUp.objects.filter(experiment=experiment).delete()
    ExposureCell.objects.filter(experiment=experiment).delete()
    experiment.exposures.update(is_counted=False)
    roll_up_refresh(experiment, now=now)
    return everything(experiment)


def live_through(experiment, *, seed, steps=60):
    """Exposures, late and early events, duplicates, refreshes in between, in a random order."""
    chance = random.Random(seed)
    seen: list[str] = []
    for step in range(steps):
        match chance.choice(["expose", "order", "view", "view", "again", "refresh"]):
            case "expose":
                seen.append(f"unit-{step}")
                expose(
                    experiment,
                    chance.choice(["control", "urgency"]),
                    seen[-1],
                    stratum=chance.choice(["", "loyal"]),
                    at=STARTED_AT + chance.randrange(60) * HOUR,
                )
            case "refresh":
                roll_up_refresh(experiment, now=LATER)
            case "again":
                events_store([sent_twice(f"twice-{step % 7}")], source="shop")
            case kind:
                order(
                    # Some events come before their unit is exposed, and some units never are.
                    f"unit-{chance.randrange(steps)}",
                    str(Decimal(chance.randrange(1, 10**7)) / 10**4),
                    at=STARTED_AT + chance.randrange(-100, 200) * HOUR,
                    name="Order Completed" if kind == "order" else "Viewed",
                )


def sent_twice(message_id):
    """The same message id comes again, as another unit's: it is the first one's alone."""
    return incoming_event(
        message_id=message_id, name="Viewed", unit_id="unit-1", occurred_at=STARTED_AT + HOUR
    )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_arrivals_ends_in_the_numbers_of_a_full_recomputation(seed):
    experiment = running(metrics=METRICS)
    live_through(experiment, seed=seed)
    roll_up_refresh(experiment, now=LATER)
    kept = everything(experiment)
    assert kept["units"]
    assert kept == made_anew(experiment, now=LATER)


@pytest.mark.django_db
def test_a_second_refresh_changes_nothing():
    experiment = running(metrics=METRICS)
    live_through(experiment, seed=99)
    roll_up_refresh(experiment, now=LATER)
    kept = everything(experiment)
    roll_up_refresh(experiment, now=LATER)
    assert everything(experiment) == kept


@pytest.mark.django_db(transaction=True)
def test_a_refresh_reads_only_units_with_news():
    experiment = running()
    expose(experiment, "control", *[f"unit-{number}" for number in range(50)])
    orders("unit-1", "unit-2", "somebody else")
    assert roll_up_refresh(experiment, now=LATER).units_read == 50
    # Whoever else has a transaction open on this server, tests beside this one too, keeps it lower.
    RollUp.objects.filter(experiment=experiment).update(watermark=current_transaction())
    assert roll_up_refresh(experiment, now=LATER).units_read == 0
    RollUp.objects.filter(experiment=experiment).update(watermark=current_transaction())
    order("unit-2")
    order("unit-3", name="Product Viewed")
    assert roll_up_refresh(experiment, now=LATER).units_read == 1


@pytest.mark.django_db(transaction=True)
def test_a_refresh_without_news_leaves_the_kept_sums_as_they_are():
    experiment = running()
    expose(experiment, "control", "ann")
    kept = roll_up_refresh(experiment, now=LATER).sums
    RollUp.objects.update(watermark=current_transaction(), sums={**kept, "mark": "as it was"})
    assert roll_up_refresh(experiment, now=LATER).sums["mark"] == "as it was"
    order("ann")
    assert "mark" not in roll_up_refresh(experiment, now=LATER).sums


@pytest.mark.django_db(transaction=True)
def test_an_event_stored_by_a_transaction_that_began_earlier_is_not_missed():
    experiment = running()
    expose(experiment, "control", "ann", "bob")
    stored, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            order("ann")
            stored.set()
            may_commit.wait(20)
        connections.close_all()

    worker = threading.Thread(target=slow)
    worker.start()
    assert stored.wait(20)
    order("bob")
    roll_up_refresh(experiment, now=LATER)
    before = samples_by_arm(experiment, now=LATER).overall("orders", "control").doers
    may_commit.set()
    worker.join(20)
    roll_up_refresh(experiment, now=LATER)
    after = samples_by_arm(experiment, now=LATER).overall("orders", "control").doers
    assert (before, after) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_count_everybody_once():
    experiment = running()
    expose(experiment, "control", *[f"unit-{number}" for number in range(200)])
    orders(*[f"unit-{number}" for number in range(0, 200, 2)])
    start = threading.Barrier(3)

    def work():
        start.wait(20)
        roll_up_refresh(experiment, now=LATER)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    outcome = samples_by_arm(experiment, now=LATER).overall("orders", "control")
    assert (outcome.units, outcome.doers) == (200, 100)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_nothing_half_done():
    experiment = running()
    expose(experiment, "control", "ann", "bob")
    roll_up_refresh(experiment, now=LATER)
    kept = everything(experiment)
    order("ann")
    failed = []
    pids: list[int] = []
    begun = threading.Event()

    def work():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
        begun.set()
        try:
            roll_up_refresh(experiment, now=LATER)
        except OperationalError as killed:
            failed.append(killed)
        connections.close_all()

    with transaction.atomic(), connection.cursor() as cursor:
        # It gets as far as the sums, which it may not touch.
        cursor.execute("LOCK TABLE experiments_outcomecell IN SHARE MODE")
        worker = threading.Thread(target=work)
        worker.start()
        assert begun.wait(20)
        wait_until_it_waits(cursor, pids[0])
        cursor.execute("SELECT pg_terminate_backend(%s)", [pids[0]])
        worker.join(20)
    assert failed
    assert everything(experiment) == kept
    roll_up_refresh(experiment, now=LATER)
    assert samples_by_arm(experiment, now=LATER).overall("orders", "control").doers == 1


def wait_until_it_waits(cursor, pid):
    for _ in range(2000):
        cursor.execute("SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", [pid])
        if cursor.fetchone() == ("Lock",):
            return
        threading.Event().wait(0.01)
    raise AssertionError("the refresh did not reach the sums")


@pytest.mark.django_db(transaction=True)
def test_an_event_ahead_of_its_time_counts_once_that_has_come():
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann", at=LATER + 2 * HOUR)
    roll_up_refresh(experiment, now=LATER)
    assert samples_by_arm(experiment, now=LATER).overall("orders", "control").doers == 0
    roll_up_refresh(experiment, now=LATER + 3 * HOUR)
    assert samples_by_arm(experiment, now=LATER).overall("orders", "control").doers == 1


@pytest.mark.django_db
def test_what_comes_after_the_end_does_not_count():
    experiment = running()
    expose(experiment, "control", "ann", "bob")
    order("ann", at=STARTED_AT + HOUR)
    experiment_decide(experiment, now=STARTED_AT + 2 * HOUR, actor=None, reason="")
    order("bob", at=STARTED_AT + 3 * HOUR)
    roll_up_refresh(experiment, now=LATER)
    assert samples_by_arm(experiment, now=LATER).overall("orders", "control").doers == 1


@pytest.mark.django_db
def test_another_definition_of_a_metric_starts_the_roll_up_anew():
    experiment = running()
    expose(experiment, "control", "ann")
    order("ann", at=STARTED_AT + 30 * HOUR)
    roll_up_refresh(experiment, now=LATER)
    experiment.metrics.filter(key="orders").update(window_hours=24)
    roll_up_refresh(experiment, now=LATER)
    outcome = samples_by_arm(experiment, now=LATER).overall("orders", "control")
    assert (outcome.units, outcome.doers) == (1, 0)


@pytest.mark.django_db
def test_a_restored_database_that_counts_its_transactions_anew_is_read_anew():
    experiment = running()
    expose(experiment, "control", "ann")
    roll_up_refresh(experiment, now=LATER)
    RollUp.objects.update(watermark=10**15)
    order("ann")
    roll_up_refresh(experiment, now=LATER)
    assert samples_by_arm(experiment, now=LATER).overall("orders", "control").doers == 1


@pytest.mark.django_db
def test_a_forgotten_unit_leaves_the_sums_as_if_it_had_never_been_there():
    experiment = running(metrics=METRICS)
    live_through(experiment, seed=5)
    expose(experiment, "control", "ann", stratum="loyal")
    order("ann", "12.5")
    roll_up_refresh(experiment, now=LATER)
    assert unit_forget("ann") == 1
    kept = everything(experiment)
    assert "ann" not in repr(kept)
    roll_up_refresh(experiment, now=LATER)
    assert everything(experiment) == made_anew(experiment, now=LATER)
