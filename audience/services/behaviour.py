"""What contacts' orders say of them: RFM, habits and the chance that they buy soon."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from audience.behaviour.bought import Bought, bought, usual_shares
from audience.behaviour.habits import Order, habits
from audience.behaviour.orders import Orders
from audience.behaviour.purchase import PurchaseModel
from audience.behaviour.rfm import Fifths, rfm, rfm_scores
from audience.selectors.heads import purchase_in_force
from audience.selectors.orders import (
    PlacedOrder,
    categories_of_orders,
    newest_orders,
    orders_by_contact,
)

DAY = 86_400
EVENTS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The values and evidence of a profile that rest on orders."""

    rfm: Mapping[str, object] = field(default_factory=dict)
    habits: Mapping[str, object] = field(default_factory=dict)
    purchase_intent: float | None = None
    bought: Bought = field(default_factory=Bought)
    evidence: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class ShopHabits:
    """What is usual in the shop now, read once per run, and only when asked for."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now

    @cached_property
    def orders(self) -> list[PlacedOrder]:
        return newest_orders()

    @cached_property
    def values(self) -> NDArray[np.float64]:
        return np.array([order.value for order in self.orders])

    @property
    def price_bounds(self) -> tuple[float, float]:
        low, high = np.quantile(self.values, (1 / 3, 2 / 3))
        return float(low), float(high)

    @property
    def median_order(self) -> float:
        return float(np.median(self.values))

    @cached_property
    def category_shares(self) -> Mapping[str, float]:
        """The share of the shop's newest orders that hold each category."""
        return usual_shares(categories_of_orders(self.orders).values())

    @cached_property
    def purchase(self) -> PurchaseModel:
        return purchase_in_force()

    @cached_property
    def fifths(self) -> Fifths:
        """Of the buyers among the shop's newest orders."""
        return Fifths.of(*rfm(orders_of(self.orders), at=self.now.timestamp() / DAY))


def orders_of(placed: Sequence[PlacedOrder]) -> Orders:
    """Orders as columns, one unit per buyer in order of their ids."""
    _, unit = np.unique([order.unit_id for order in placed], return_inverse=True)
    return Orders.of(
        unit,
        [order.at.timestamp() / DAY for order in placed],
        [order.value for order in placed],
        lines=[float(order.lines) for order in placed],
        words=[order.words for order in placed],
    )


def behaviour_of(contacts: Collection[int], shop: ShopHabits) -> Mapping[int, Behaviour]:
    """What the orders of some contacts say; who has none is left out."""
    before = {
        contact: [order for order in placed if order.at < shop.now]
        for contact, placed in orders_by_contact(contacts).items()
    }
    buyers = {contact: placed for contact, placed in before.items() if placed}
    if not buyers:
        return {}
    columns = _columns(list(buyers.values()))
    at = shop.now.timestamp() / DAY
    chances = shop.purchase.probabilities(columns, at=at, money=shop.median_order)
    totals = zip(*rfm(columns, at=at), strict=True)
    fifths, bounds = shop.fifths, shop.price_bounds
    categories = categories_of_orders([order for own in buyers.values() for order in own])
    found = {}
    for (contact, placed), chance, (since, count, paid) in zip(
        buyers.items(), chances, totals, strict=True
    ):
        scores = rfm_scores(since, count, paid, fifths)
        own = {"days_since": round(since, 1), "orders": int(count), "total": round(paid, 2)}
        seen = habits([_in_shop_time(order) for order in placed], bounds)
        found[contact] = Behaviour(
            rfm={**scores, **own},
            habits={name: habit["value"] for name, habit in seen.items()},
            purchase_intent=round(float(chance), 4),
            bought=bought(
                [(order.event_id, categories[order.event_id]) for order in reversed(placed)],
                shop.category_shares,
            ),
            evidence=_evidence(placed, {**scores, **own}, seen),
        )
    return found


def _columns(buyers: Sequence[Sequence[PlacedOrder]]) -> Orders:
    placed = [order for own in buyers for order in own]
    return Orders.of(
        np.repeat(np.arange(len(buyers)), [len(own) for own in buyers]),
        [order.at.timestamp() / DAY for order in placed],
        [order.value for order in placed],
        lines=[float(order.lines) for order in placed],
        words=[order.words for order in placed],
    )


def _in_shop_time(order: PlacedOrder) -> Order:
    return Order(timezone.localtime(order.at), order.value, order.channel)


def _evidence(
    placed: Sequence[PlacedOrder],
    scores: Mapping[str, object],
    seen: Mapping[str, Mapping[str, Any]],
) -> Mapping[str, Mapping[str, Any]]:
    newest = [order.event_id for order in reversed(placed)][:EVENTS_KEPT]

    def piece(support: int, of: int) -> dict[str, Any]:
        return {"texts": [], "events": newest, "support": support, "of": of}

    every = piece(len(placed), len(placed))
    return {
        "rfm": dict.fromkeys(scores, every),
        "purchase_intent": {"": every},
        "habit": {
            name: piece(round(habit.get("share", 1.0) * habit["orders"]), habit["orders"])
            for name, habit in seen.items()
        },
    }
