"""What units bought and looked at, read from the event log as histories of products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection

PURCHASES = ("Order Completed",)
GLANCES = ("Product Viewed", "Product Added", "Product Added to Wishlist")
# A taste of two years ago says little, and fashion less.
LOOKS_BACK = timedelta(days=730)
LONGEST = 100
ROWS_AT_ONCE = 20_000

# Tools name a product at the top or in a list of lines, by its id or its SKU.
_TOUCHED = """
    SELECT DISTINCT ON (e.unit_id, e.occurred_at, e.id, product.id)
        e.unit_id, product.id, e.occurred_at, e.name = ANY(%(purchases)s)
    FROM events_event e
    CROSS JOIN LATERAL (
        SELECT e.properties AS line
        UNION ALL
        SELECT jsonb_array_elements(
            CASE jsonb_typeof(e.properties->'products')
                WHEN 'array' THEN e.properties->'products' ELSE '[]' END)
    ) AS lines
    CROSS JOIN LATERAL (VALUES (line->>'product_id'), (line->>'sku'), (line->>'id')) AS named (id)
    JOIN catalog_product product ON product.external_id = named.id
    WHERE e.name = ANY(%(names)s) AND e.occurred_at BETWEEN %(since)s AND %(now)s
        AND cardinality(e.bot_reasons) = 0 {only}
    ORDER BY e.unit_id, e.occurred_at, e.id, product.id
"""


class Touch(NamedTuple):
    """One product that a unit bought or looked at."""

    unit_id: str
    product_id: int
    at: datetime
    is_purchase: bool


@dataclass(frozen=True)
class UnitHistory:
    """A unit's touches, oldest first; of one product in a row only the last."""

    unit_id: str
    touches: Sequence[Touch]

    def owned(self, *, now: datetime, days: int | None) -> set[int]:
        """Products bought in the last `days`, or ever where that is None."""
        since = None if days is None else now - timedelta(days=days)
        return {
            touch.product_id
            for touch in self.touches
            if touch.is_purchase and (since is None or touch.at >= since)
        }


def history_of(unit_id: str, *, now: datetime) -> UnitHistory:
    """One unit's history, by the index on units."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TOUCHED.format(only="AND e.unit_id = %(unit)s"), {**_asked(now), "unit": unit_id}
        )
        return _history(unit_id, [Touch(*row) for row in cursor.fetchall()])


def all_histories(*, now: datetime) -> Iterator[UnitHistory]:
    """Every unit's history in order of unit, streamed: the log may be larger than memory.

    Inside a transaction only, as the cursor lives on the server.
    """
    with connection.connection.cursor(name="touched_products") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(_TOUCHED.format(only=""), _asked(now))
        touches = (Touch(*row) for row in cursor)
        for unit_id, own in groupby(touches, key=attrgetter("unit_id")):
            yield _history(unit_id, list(own))


def _asked(now: datetime) -> dict[str, Any]:
    return {
        "purchases": list(PURCHASES),
        "names": [*PURCHASES, *GLANCES],
        "since": now - LOOKS_BACK,
        "now": now,
    }


def _history(unit_id: str, touches: list[Touch]) -> UnitHistory:
    kept: list[Touch] = []
    for touch in touches:
        if kept and kept[-1].product_id == touch.product_id:
            bought = touch.is_purchase or kept[-1].is_purchase
            kept[-1] = touch._replace(is_purchase=bought)
        else:
            kept.append(touch)
    return UnitHistory(unit_id, kept[-LONGEST:])
