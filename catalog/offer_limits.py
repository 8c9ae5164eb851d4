"""Who may have an offer: its audience and uses, counted from the event log.

A use is an order that names the offer's code. Uses are counted from the orders themselves, each of
which the log holds once, so that no counter can run ahead of them or behind, however many tell of
an order at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from catalog.models import Offer

# Tools write the code in `coupon`; one order told of by two tools has one `order_id`.
_COUNTED = """
    SELECT unit_id, count(DISTINCT COALESCE(properties->>'order_id', message_id)),
        count(DISTINCT COALESCE(properties->>'order_id', message_id))
            FILTER (WHERE lower(properties->>'coupon') = lower(%(code)s))
    FROM events_event
    WHERE name = 'Order Completed' AND unit_id = ANY(%(units)s::text[]) AND occurred_at <= %(now)s
        AND cardinality(bot_reasons) = 0
    GROUP BY unit_id
"""
NEVER_BOUGHT = (0, 0)


@dataclass(frozen=True, slots=True)
class OfferLimits:
    """Whom an offer is for, and how often.

    Attributes:
        code: That orders name; empty for none, and then uses cannot be counted.
        audience: `Offer.Audience`.
        uses_per_contact: None: as often as they like.
    """

    code: str
    audience: str
    uses_per_contact: int | None

    @classmethod
    def of(cls, offer: Offer | None) -> OfferLimits | None:
        """None where the offer is everybody's, as often as they like."""
        if offer is None:
            return None
        counted = offer.uses_per_contact if offer.code else None
        if offer.audience == Offer.Audience.EVERYONE and counted is None:
            return None
        return cls(offer.code, offer.audience, counted)

    def problem(self, *, orders: int, uses: int) -> str:
        """Why somebody with so many orders and uses may not have it; empty: they may.

        >>> limits = OfferLimits("TEN", Offer.Audience.NEW, 1)
        >>> limits.problem(orders=0, uses=0), limits.problem(orders=2, uses=0)
        ('', 'offer_for_new')
        """
        if self.audience == Offer.Audience.NEW and orders:
            return "offer_for_new"
        if self.audience == Offer.Audience.RETURNING and not orders:
            return "offer_for_returning"
        if self.uses_per_contact is not None and uses >= self.uses_per_contact:
            return "offer_used_up"
        return ""


def who_may_not(
    limits: OfferLimits, unit_ids: Sequence[str], *, now: datetime
) -> Mapping[str, str]:
    """Of these units, those who may not have the offer, with the reason in a word."""
    asked: dict[str, Any] = {"code": limits.code, "units": list(unit_ids), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, asked)
        counted = {unit: (orders, uses) for unit, orders, uses in cursor.fetchall()}
    found = {}
    for unit in unit_ids:
        orders, uses = counted.get(unit, NEVER_BOUGHT)
        problem = limits.problem(orders=orders, uses=uses)
        if problem:
            found[unit] = problem
    return found


def limits_in_words(offer: Offer) -> str:
    """The limits as sentences, for terms that copy has to keep to; empty where there are none."""
    said = []
    if offer.minimum_spend:
        said.append(f"Minimum spend {offer.minimum_spend.normalize():f}.")
    if offer.audience == Offer.Audience.NEW:
        said.append("For first orders only.")
    if offer.audience == Offer.Audience.RETURNING:
        said.append("For customers who have bought before.")
    if offer.uses_per_contact:
        times = "once" if offer.uses_per_contact == 1 else f"{offer.uses_per_contact} times"
        said.append(f"Can be used {times} per person.")
    return " ".join(said)
