"""What the made-up shop tried last season, by chance and with effects that are known here, and the
plan that is made of what it taught.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
from django.contrib.auth.models import User
from django.db import transaction

from audience.models import Contact
from campaigns.models import Plan
from campaigns.selectors.plans import currency_of
from campaigns.services import plan_change, plan_create, plan_propose, plan_work
from catalog.models import Offer
from core.money import money
from events.incoming import IncomingEvent
from events.models import Event
from events.services import events_store
from experiments.assignment import arms_for
from experiments.models import Experiment
from experiments.plans import MetricSpec
from experiments.services import (
    ArmSpec,
    UnitArm,
    analysis_refresh,
    experiment_create,
    experiment_decide,
    experiment_start,
    units_assign_bulk,
)

TRIED, PLANNED = "spring-offers", "autumn-offers"
ORDER = "Order Completed"
BEGAN_AGO, ENDED_AGO, WINDOW_DAYS = timedelta(days=75), timedelta(days=45), 14
ARMS = (
    ArmSpec(key="control", name="No offer", weight=0.4, is_control=True),
    ArmSpec(key="free_shipping", name="Free shipping", weight=0.3),
    ArmSpec(key="ten_off", name="10% off", weight=0.3),
)
METRICS = (
    MetricSpec(key="ordered", name="Ordered", kind="conversion", role="goal", event_name=ORDER),
    MetricSpec(key="spent", name="Spent", kind="sum", event_name=ORDER),
)
BASE_RATE = 0.05
# The truth the plan has to find: free shipping moves who ordered before, a discount who did not.
TRUE_GAIN = {"free_shipping": (0.0, 0.1), "ten_off": (0.1, 0.0)}
DISCOUNT = {"ten_off": 0.1}
MARGIN, MESSAGE_COST, BUDGET = 0.45, Decimal("0.25"), Decimal(4_000)


@transaction.atomic
def history_play(*, now: datetime, seed: int) -> Experiment:
    """Last season's test of offers, finished; its orders are part of what is known of people.

    All of it or nothing, so that a start which was broken off is taken up by the next.
    """
    found = Experiment.objects.filter(key=TRIED).first()
    if found is not None:
        return found
    began = now - BEGAN_AGO
    made = experiment_create(
        key=TRIED, name="Spring offers", salt=TRIED, arms=ARMS, metrics=METRICS
    )
    experiment_start(made, now=began, actor=None)
    units = list(Contact.objects.order_by("pk").values_list("external_id", flat=True))
    drawn = arms_for(units, salt=TRIED, weights=[arm.weight for arm in ARMS])
    arms = dict(made.arms.values_list("key", "pk"))
    given = [ARMS[place].key for place in drawn]
    units_assign_bulk(
        made.pk,
        [UnitArm(unit_id=unit, arm_id=arms[arm]) for unit, arm in zip(units, given, strict=True)],
        now=began,
    )
    events_store(list(_orders(units, given, began, np.random.default_rng(seed))), source="demo")
    analysis_refresh(made, now=now - ENDED_AGO)
    return experiment_decide(
        made, now=now - ENDED_AGO, actor=None, reason="both offers are worth keeping"
    )


def _orders(
    units: list[str], given: list[str], began: datetime, rng: np.random.Generator
) -> Iterator[IncomingEvent]:
    earlier = Event.objects.filter(name=ORDER, occurred_at__lt=began)
    ordered = set(earlier.values_list("unit_id", flat=True))
    for unit, arm in zip(units, given, strict=True):
        rate = BASE_RATE + TRUE_GAIN.get(arm, (0.0, 0.0))[unit in ordered]
        days, spent = float(rng.uniform(0.1, WINDOW_DAYS - 0.1)), float(rng.lognormal(4.2, 0.5))
        if rng.random() < rate:
            yield IncomingEvent(
                message_id=f"{TRIED}-{unit}", kind="track", name=ORDER, unit_id=unit,
                occurred_at=began + timedelta(days=days),
                value=Decimal(f"{spent * (1 - DISCOUNT.get(arm, 0)):.2f}"),
                properties={}, context={},
            )  # fmt: skip


def plan_ensure(experiment: Experiment, *, owner: User, now: datetime, seed: int) -> Plan:
    """The plan that the test's people teach, worked out and waiting for a yes."""
    plan = Plan.objects.filter(key=PLANNED).first()
    if plan is not None:
        return plan
    plan = Plan(
        key=PLANNED, name="Autumn offers", margin=MARGIN, message_cost=MESSAGE_COST,
        window_days=WINDOW_DAYS, budget=BUDGET, most_messages=3,
    )  # fmt: skip
    plan_create(plan, [experiment], actor=owner)
    actions = {action.arm.key: action for action in plan.actions.select_related("arm")}
    for key, offer in _offers().items():
        actions[key].offer, actions[key].kind = offer, "offer"
    plan_change(plan, list(actions.values()), actor=owner)
    plan_propose(plan, actor=owner, now=now, random_state=seed)
    # Here, and not by a worker: the demonstration goes on with what it says.
    plan_work(plan.pk, now=now)
    plan.refresh_from_db()
    return plan


def _offers() -> dict[str, Offer]:
    shipping, _ = Offer.objects.get_or_create(
        name="Free shipping",
        defaults={"text": "free shipping", "code": "SHIPFREE", "kind": Offer.Kind.SHIPPING},
    )
    ten, _ = Offer.objects.get_or_create(
        name="Ten off",
        defaults={
            "text": "10% off everything", "code": "TEN", "kind": Offer.Kind.PERCENT,
            "percent": 10, "least_margin": Decimal("0.2"),
        },
    )  # fmt: skip
    return {"free_shipping": shipping, "ten_off": ten}


def sentence(plan: Plan) -> str:
    """What the plan came to."""
    if not plan.results:
        return f"A worker works out the plan “{plan.name}”."
    worth, results = plan.results["value"], plan.results
    value, high = (money(worth[end], currency_of(plan), decimals=0) for end in ("value", "high"))
    return (
        f"“{plan.name}” is expected to bring {value} more than leaving everybody alone "
        f"(95% interval {money(worth['low'], '', decimals=0)} to {high}): "
        f"{results['reached']:,} of {results['people']:,} people get an offer."
    )
