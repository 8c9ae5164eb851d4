"""Events, and messages as an email tool would send them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from core.api_keys import api_key_create
from events.incoming import IncomingEvent
from events.models import Event

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_numbers = count(1)


def incoming_event(**given: Any) -> IncomingEvent:
    number = next(_numbers)
    return IncomingEvent(
        **{
            "message_id": f"m{number}",
            "kind": "track",
            "name": "Order Completed",
            "unit_id": "u1",
            "occurred_at": NOON,
            "value": Decimal("42.5000"),
            **given,
        }
    )


def event(**given: Any) -> Event:
    number = next(_numbers)
    return Event.objects.create(
        **{
            "source": "test",
            "message_id": f"m{number}",
            "kind": "track",
            "name": "Order Completed",
            "unit_id": "u1",
            "occurred_at": NOON,
            **given,
        }
    )


def message(**given: Any) -> dict[str, Any]:
    """A message in Segment's shape."""
    return {
        "type": "track",
        "messageId": f"m{next(_numbers)}",
        "userId": "u1",
        "event": "Order Completed",
        "properties": {"revenue": 42.5},
        **given,
    }


def write_key() -> str:
    """The secret of a key that may send events."""
    return api_key_create("mail tool", ["events"])[1]
