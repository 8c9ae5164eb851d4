"""How the made-up shop's people react: sends, visits and orders with effects that are known here,
so that a reader can hold the report against the truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
from django.utils import timezone
from rich.progress import track

from campaigns.models import Campaign
from campaigns.personalise import Decision, decide
from events.incoming import IncomingEvent
from events.services import events_store
from web.demo import shop

BASE_RATE = 0.06
# The truth the verdict has to find: conversion relative to the control's.
TRUE_LIFT = {"control": 0.0, "benefit_first": 0.45, "social_proof": 0.12, "urgency": -0.08}
VISITS_PER_ORDER = 3.5
SEND_DAYS = 5
# Whoever reacts does so within the window of the test's goal.
REACTION_DAYS = 4.9
# The same for every arm: the guardrail has nothing to find.
LEAVING_RATE = 0.02
BATCH = 2_000


def play(campaign: Campaign, *, start: datetime, seed: int) -> None:
    """Ask for every contact's copy as an email tool would, and send back what they then do."""
    rng = np.random.default_rng(seed)
    waiting: list[IncomingEvent] = []
    for number in track(range(shop.CONTACTS), description="sending and listening"):
        sent_at = start + timedelta(days=float(rng.uniform(0, SEND_DAYS)))
        decision = decide(campaign.key, shop.contact_id(number), now=sent_at)
        waiting += _reaction(decision, shop.contact_id(number), sent_at, rng)
        if len(waiting) >= BATCH:
            events_store(waiting, source="demo")
            waiting = []
    events_store(waiting, source="demo")


def _reaction(
    decision: Decision, contact: str, sent_at: datetime, rng: np.random.Generator
) -> Iterator[IncomingEvent]:
    rate = BASE_RATE * (1 + TRUE_LIFT.get(decision.arm or "control", 0.0))
    moment = sent_at + timedelta(days=REACTION_DAYS * float(rng.beta(1.2, 4.0)))
    draw = rng.random()
    if draw < rate * VISITS_PER_ORDER:
        yield _event(contact, "Product Viewed", moment, None)
    if draw < rate:
        spent = Decimal(int(rng.lognormal(4.2, 0.6) * 100)) / 100
        yield _event(contact, "Order Completed", moment + timedelta(minutes=9), spent)
    elif draw > 1 - LEAVING_RATE:
        yield _event(contact, "Unsubscribed", moment, None)


def _event(contact: str, name: str, moment: datetime, value: Decimal | None) -> IncomingEvent:
    return IncomingEvent(
        message_id=f"{contact}-{name}", kind="track", name=name, unit_id=contact,
        occurred_at=min(moment, timezone.now()), value=value, properties={}, context={},
    )  # fmt: skip
