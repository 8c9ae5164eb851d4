"""Events into the log, each once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg2.errors import CheckViolation

from core.errors import ServiceUnavailable
from events.incoming import EventRefused, IncomingEvent, dump_json
from events.models import Rejection
from events.seen import MONTH, digest_sql, seen_key
from events.services.months import months_ensure, months_forget

LARGEST_KEPT_PAYLOAD = 4_000

# Arrays, so that the statement is one for any number of events and is sent in one round trip.
_INSERT = f"""
WITH incoming AS MATERIALIZED (
    SELECT {digest_sql("message_id")} AS digest, given.*
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::numeric[],
                %s::jsonb[], %s::jsonb[], %s::text[])
        AS given
        (message_id, kind, name, unit_id, occurred_at, value, properties, context, bot_reasons)
),
fresh AS (
    INSERT INTO events_eventseen (digest, month) SELECT digest, {MONTH} FROM incoming
    ON CONFLICT DO NOTHING RETURNING digest
)
INSERT INTO events_event
    (source, message_id, kind, name, unit_id, occurred_at, value, properties, context, bot_reasons)
SELECT %s, message_id, kind, name, unit_id, occurred_at, value, properties, context,
    bot_reasons::text[]
FROM incoming JOIN fresh USING (digest)
"""  # noqa: S608 - names only


class PartMissing(ServiceUnavailable):
    """The log has no part for the moment by the database's clock: the next try makes one."""


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
    with _storing() as cursor:
        cursor.execute(_INSERT, _parameters(events, source))
        stored = cursor.rowcount
    return StoreResult(stored, len(events) - stored)


def new_events_store(events: Sequence[IncomingEvent], *, source: str) -> frozenset[str]:
    """Store the events that are new, and say which: what came again must have no effect again."""
    if not events:
        return frozenset()
    with _storing() as cursor:
        cursor.execute(f"{_INSERT} RETURNING message_id", _parameters(events, source))
        return frozenset(row[0] for row in cursor.fetchall())


@contextmanager
def _storing() -> Iterator[Any]:
    """A cursor for a log that has a part for the present month."""
    months_ensure(timezone.now())
    try:
        with connection.cursor() as cursor:
            yield cursor
    except IntegrityError as error:
        if isinstance(error.__cause__, CheckViolation) and "no partition" in str(error):
            months_forget()
            raise PartMissing(str(error)) from error
        raise


def _parameters(events: Sequence[IncomingEvent], source: str) -> list[Any]:
    # The first of each id, in one order for everybody: overlapping batches would wait for each
    # other for ever.
    ids: dict[str, IncomingEvent] = {}
    for event in events:
        ids.setdefault(event.message_id, event)
    ordered = [ids[message_id] for message_id in sorted(ids)]
    columns = zip(*map(_row, ordered), strict=True)
    return [seen_key(source), *map(list, columns), source]


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


def rejection_keep(*, source: str, reason: str, payload: object) -> None:
    """Keep what came and could not be stored where a person sees it."""
    Rejection.objects.create(source=source, reason=reason[:300], payload=_payload(payload))


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
        # Our own keys of letters and underscores: an array's text needs no quoting for them.
        f"{{{','.join(event.bot_reasons)}}}",
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
