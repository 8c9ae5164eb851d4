"""Events into the log, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from events.incoming import EventRefused, IncomingEvent, dump_json
from events.models import Rejection

LARGEST_KEPT_PAYLOAD = 4_000

# Arrays, so that the statement is one for any number of events and is sent in one round trip.
_INSERT = """
INSERT INTO events_event
    (source, message_id, kind, name, unit_id, occurred_at, value, properties, context)
SELECT %s, message_id, kind, name, unit_id, occurred_at, value, properties, context
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::numeric[],
            %s::jsonb[], %s::jsonb[])
    AS incoming (message_id, kind, name, unit_id, occurred_at, value, properties, context)
ON CONFLICT (source, message_id) DO NOTHING
"""


@dataclass(frozen=True)
class StoreResult:
    stored: int
    duplicates: int


@dataclass(frozen=True)
class RefusedMessage:
    """A message of an accepted batch that could not be an event."""

    position: int
    reason: str
    message: object


def events_store(events: Sequence[IncomingEvent], *, source: str) -> StoreResult:
    """Store the events that are new; those sent before, here or by another process, are counted."""
    if not events:
        return StoreResult(0, 0)
    # In one order for everybody: overlapping batches would wait for each other for ever.
    ordered = sorted(events, key=lambda event: event.message_id)
    columns = zip(*map(_row, ordered), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [source, *map(list, columns)])
        stored = cursor.rowcount
    return StoreResult(stored, len(events) - stored)


@transaction.atomic
def batch_store(
    events: Sequence[IncomingEvent], refused: Sequence[RefusedMessage], *, source: str
) -> StoreResult:
    """Store a batch's events, and keep its refused messages where a person can see them."""
    Rejection.objects.bulk_create(
        Rejection(source=source, reason=each.reason[:300], payload=_payload(each.message))
        for each in refused
    )
    return events_store(events, source=source)


def _row(event: IncomingEvent) -> tuple[Any, ...]:
    return (
        event.message_id,
        event.kind,
        event.name,
        event.unit_id,
        event.occurred_at,
        event.value,
        _json(event.properties),
        _json(event.context),
    )


def _json(value: Mapping[str, Any]) -> str:
    return dump_json(dict(value)).decode()


def _payload(message: object) -> dict[str, object]:
    """What was refused, as text: it may be what JSON in the database cannot hold."""
    try:
        text = dump_json(message).decode()
    except EventRefused:
        text = repr(message)
    kept = text[:LARGEST_KEPT_PAYLOAD].encode(errors="backslashreplace").decode()
    return {"text": kept.replace("\x00", "\ufffd"), "is_whole": len(text) <= LARGEST_KEPT_PAYLOAD}
