"""Orders of contacts, read from the event log, and the categories of what was bought."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from audience.models import Contact
from audience.registry import categories_of_products
from events.models import Event

ORDER = "Order Completed"
# What is usual in the shop is judged by its newest orders, at a cost that stays the same.
USUAL_ORDERS = 20_000


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order as its event tells it; `words` are the names of its products.

    `wares` are the category and the ids of each product, as far as the event says them.
    """

    event_id: int
    unit_id: str
    at: datetime
    value: float
    lines: int
    words: str
    channel: str
    wares: tuple[tuple[str, tuple[str, ...]], ...] = ()


def orders_by_contact(contacts: Collection[int]) -> Mapping[int, list[PlacedOrder]]:
    """The orders of some contacts, oldest first; who has none is left out."""
    unit_of = dict(Contact.objects.filter(pk__in=contacts).values_list("external_id", "pk"))
    found: dict[int, list[PlacedOrder]] = {}
    rows = _orders().filter(unit_id__in=list(unit_of)).order_by("occurred_at", "pk")
    for order in map(_placed, rows.values_list(*_FIELDS).iterator()):
        found.setdefault(unit_of[order.unit_id], []).append(order)
    return found


def newest_orders() -> list[PlacedOrder]:
    """The shop's newest orders, at most 20,000."""
    rows = _orders().order_by("-pk").values_list(*_FIELDS)[:USUAL_ORDERS]
    return [_placed(row) for row in rows]


def every_order(*, since: datetime) -> Iterator[PlacedOrder]:
    """All orders from a moment on, for fitting."""
    rows = _orders().filter(occurred_at__gte=since).order_by("pk")
    return map(_placed, rows.values_list(*_FIELDS).iterator())


def categories_of_orders(placed: Iterable[PlacedOrder]) -> Mapping[int, frozenset[str]]:
    """By event: the categories of what was bought, by the event or else by the catalog."""
    orders = list(placed)
    unnamed = {
        one for order in orders for category, ids in order.wares if not category for one in ids
    }
    known = categories_of_products(unnamed) if unnamed else {}
    return {
        order.event_id: frozenset(
            found
            for category, ids in order.wares
            if (found := category or next((known[one] for one in ids if known.get(one)), ""))
        )
        for order in orders
    }


def orders_before(now: datetime) -> QuerySet[Event]:
    return _orders().filter(occurred_at__lt=now)


def last_order_at() -> datetime | None:
    return _orders().aggregate(last=Max("occurred_at"))["last"]


_FIELDS = ("pk", "unit_id", "occurred_at", "value", "properties", "context")


def _orders() -> QuerySet[Event]:
    # What a program did in somebody's name says nothing of them.
    return Event.objects.filter(
        kind=Event.Kind.TRACK, name=ORDER, value__isnull=False, bot_reasons=[]
    )


def _placed(row: tuple[int, str, datetime, Any, Any, Any]) -> PlacedOrder:
    event_id, unit_id, at, value, properties, context = row
    products = properties.get("products") if isinstance(properties, dict) else None
    named = [one for one in products if isinstance(one, dict)] if isinstance(products, list) else []
    return PlacedOrder(
        event_id=event_id,
        unit_id=unit_id,
        at=at,
        value=float(value),
        lines=len(named),
        words=" ".join(str(one.get("name") or "").lower() for one in named).strip(),
        channel=_channel(properties, context),
        wares=_wares(properties, named),
    )


# As tools name a product: at the top or in a list of lines, by its id or its SKU.
_IDS = ("product_id", "sku", "id")


def _wares(properties: Any, named: Sequence[Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    lines = [properties, *named] if isinstance(properties, dict) else named
    found = []
    for line in lines:
        category = line.get("category")
        ids = tuple(str(line[key]) for key in _IDS if isinstance(line.get(key), str | int))
        said = " ".join(category.split())[:200] if isinstance(category, str) else ""
        if said or ids:
            found.append((said, ids))
    return tuple(found)


def _channel(properties: Any, context: Any) -> str:
    """Where it was bought, as the tool says, or the medium of the campaign it came by."""
    said = properties.get("channel") if isinstance(properties, dict) else None
    campaign = context.get("campaign") if isinstance(context, dict) else None
    medium = campaign.get("medium") if isinstance(campaign, dict) else None
    return next((one[:40] for one in (said, medium) if isinstance(one, str) and one), "")
