"""Experiments with arms and metrics, and the rows that people leave in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from events.models import Event
from experiments.models import Arm, Experiment, Exposure
from experiments.services import ArmSpec, MetricSpec, experiment_create, experiment_start

STARTED_AT = datetime(2025, 3, 3, 9, tzinfo=UTC)
LATER = STARTED_AT + timedelta(days=10)

TWO_ARMS = [
    ArmSpec(key="control", name="Control", weight=0.5, is_control=True),
    ArmSpec(key="urgency", name="Urgency", weight=0.5),
]
THREE_ARMS = [
    ArmSpec(key="control", name="Control", weight=0.5, is_control=True),
    ArmSpec(key="urgency", name="Urgency", weight=0.25),
    ArmSpec(key="curiosity", name="Curiosity", weight=0.25),
]
ORDERS = MetricSpec(
    key="orders", name="Orders", kind="conversion", role="goal", event_name="Order Completed"
)
REVENUE = MetricSpec(key="revenue", name="Revenue", kind="sum", event_name="Order Completed")
ORDER_COUNT = MetricSpec(
    key="order_count", name="Orders a person", kind="count", event_name="Order Completed"
)
_numbers = count(1)


def draft(*, arms=TWO_ARMS, metrics=(ORDERS, REVENUE, ORDER_COUNT), **settings) -> Experiment:
    key = f"welcome-{next(_numbers)}"
    return experiment_create(
        key=key, name="Welcome", salt=key, arms=list(arms), metrics=list(metrics), **settings
    )


def running(*, now=STARTED_AT, **options) -> Experiment:
    return experiment_start(draft(**options), now=now, actor=None)


def arm(experiment: Experiment, key: str) -> Arm:
    return experiment.arms.get(key=key)


def expose(experiment: Experiment, key: str, *units: str, stratum="", at=STARTED_AT) -> None:
    chosen = arm(experiment, key)
    Exposure.objects.bulk_create(
        Exposure(experiment=experiment, unit_id=unit, arm=chosen, stratum=stratum, assigned_at=at)
        for unit in units
    )


def order(unit: str, value: str | None = "10", *, at=STARTED_AT, name="Order Completed") -> Event:
    return Event.objects.create(
        source="test",
        message_id=f"m-{next(_numbers)}",
        kind=Event.Kind.TRACK,
        name=name,
        unit_id=unit,
        occurred_at=at,
        value=None if value is None else Decimal(value),
    )


def orders(*units: str, at=STARTED_AT, value="10") -> None:
    Event.objects.bulk_create(
        Event(
            source="test",
            message_id=f"m-{next(_numbers)}",
            kind=Event.Kind.TRACK,
            name="Order Completed",
            unit_id=unit,
            occurred_at=at,
            value=Decimal(value),
        )
        for unit in units
    )
