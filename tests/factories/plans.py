"""A shop with a finished experiment, in which a letter moves some people and a discount others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import numpy as np

from audience.models import Contact, Membership, Segment
from campaigns.models import Plan
from events.models import Event
from experiments.models import Experiment
from experiments.services import (
    ArmSpec,
    UnitArm,
    experiment_create,
    experiment_decide,
    experiment_start,
    units_assign_bulk,
)
from privacy.models import Consent, ConsentPurpose
from tests.factories.audience import rule_segment
from tests.factories.experiments import ORDERS, REVENUE

STARTED_AT = datetime(2025, 3, 3, 9, tzinfo=UTC)
ENDED_AT = STARTED_AT + timedelta(days=20)
NOW = STARTED_AT + timedelta(days=30)
ARMS = [
    ArmSpec(key="control", name="Nothing", weight=0.4, is_control=True),
    ArmSpec(key="letter", name="A letter", weight=0.3),
    ArmSpec(key="ten", name="10 % off", weight=0.3),
]
_numbers = count(1)


def people(total=400, *, seed=1, prefix="c", at=None):
    """Contacts who agreed, with what they bought before: half often, half of them long ago."""
    rng, at = np.random.default_rng(seed), at or STARTED_AT
    women = rng.random(total) < 0.5
    contacts = Contact.objects.bulk_create(
        Contact(
            external_id=f"{prefix}{number}",
            attributes={
                "gender": "woman" if women[number] else "man",
                "age": int(rng.integers(18, 80)),
                "club": "gold" if number % 2 else "none",
                "visits": int(rng.integers(0, 9)),
            },
        )
        for number in range(total)
    )
    Consent.objects.bulk_create(
        Consent(
            subject_id=one.subject_id,
            purpose=ConsentPurpose.PROFILING,
            is_given=True,
            since=STARTED_AT,
        )
        for one in contacts
    )
    orders = [
        order(one.external_id, at - timedelta(days=int(days)), f"{rng.gamma(4, 5) + 1:.2f}")
        for number, one in enumerate(contacts)
        for days in rng.integers(5, 300, size=1 + 4 * (number % 2))
    ]
    Event.objects.bulk_create(orders)
    return contacts


def newcomers(total=300) -> Segment:
    """A segment of people who were in no experiment, and are like those who were."""
    segment = rule_segment({"attribute": "is_new", "is": True}, key="newcomers")
    Membership.objects.bulk_create(
        Membership(segment=segment, contact=one)
        for one in people(total, seed=3, prefix="n", at=NOW)
    )
    return segment


def order(unit, at, value="20"):
    return Event(
        source="test", message_id=f"plan-{next(_numbers)}", kind=Event.Kind.TRACK,
        name="Order Completed", unit_id=unit, occurred_at=at, value=Decimal(value),
    )  # fmt: skip


def experiment(contacts, *, key="spring", seed=2, differs=True) -> Experiment:
    """Decided. The letter brings 30 from those who order often, the discount 20 from the others."""
    rng = np.random.default_rng(seed)
    made = experiment_create(key=key, name=key.title(), salt=key, arms=ARMS,
                             metrics=[ORDERS, REVENUE])  # fmt: skip
    experiment_start(made, now=STARTED_AT, actor=None)
    arms = list(made.arms.order_by("position"))
    drawn = rng.choice(3, p=[arm.weight for arm in arms], size=len(contacts))
    units = [UnitArm(unit_id=one.external_id, arm_id=arms[arm].pk)
             for one, arm in zip(contacts, drawn, strict=True)]  # fmt: skip
    units_assign_bulk(made.pk, units, now=STARTED_AT)
    paid = []
    for number, (one, arm) in enumerate(zip(contacts, drawn, strict=True)):
        often = number % 2 == 1 if differs else number % 4 < 2
        value = 20 + 30 * (arm == 1) * often + 20 * (arm == 2) * (not often) + rng.normal(0, 4)
        paid.append(order(one.external_id, STARTED_AT + timedelta(days=3), f"{max(value, 1):.2f}"))
    Event.objects.bulk_create(paid)
    experiment_decide(made, now=ENDED_AT, actor=None, reason="enough")
    return made


def draft(**fields) -> Plan:
    """Not saved yet: `plan_create` does."""
    return Plan(
        **{
            "key": f"plan-{next(_numbers)}",
            "name": "Summer",
            "margin": 0.5,
            "message_cost": Decimal("0.1"),
            "window_days": 7,
            **fields,
        }
    )
