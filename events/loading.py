"""What files of events may hold."""

from __future__ import annotations

from datetime import datetime

from core.loading.importers import Field, Importer, Ledger, Repeats
from core.loading.kinds import Choice, JsonObject, Moment, Number, Text
from events.incoming import EARLIEST, FUTURE_ALLOWED, VALUE_DIGITS, VALUE_PLACES, VALUE_PROPERTIES
from events.models import Event, EventSeen
from events.seen import MONTH, digest_sql, seen_key

SOURCE_LENGTH = 60


def import_source(file_name: str) -> str:
    """The source of a file's events where none is named."""
    return f"import:{file_name}"[:SOURCE_LENGTH]


def events_importer(*, source: str, now: datetime) -> Importer:
    return Importer(
        noun="events",
        table=Event._meta.db_table,
        fields=_event_fields(now),
        key="message_id",
        key_from_content=True,
        repeats=Repeats.KEEP,
        extras="properties",
        constants={"source": source},
        computed={"value": f"COALESCE(s.value, {_value_in_properties()})"},
        ledger=Ledger(
            table=EventSeen._meta.db_table,
            column="digest",
            key=digest_sql("s.message_id"),
            parameter=seen_key(source),
            rest={"month": MONTH},
        ),
    )


def _event_fields(now: datetime) -> tuple[Field, ...]:
    return (
        Field(
            "unit_id",
            Text(200),
            "external_id of the contact who did it",
            required=True,
            aliases=("userId", "contact", "contact_id", "customer_id", "anonymousId"),
        ),
        Field("name", Text(200), "what was done", default="''", aliases=("event", "event_name")),
        Field(
            "occurred_at",
            Moment(EARLIEST, now + FUTURE_ALLOWED),
            "when",
            required=True,
            aliases=("originalTimestamp", "timestamp", "time"),
        ),
        Field(
            "kind",
            Choice(tuple(Event.Kind.values)),
            "what kind (default: track)",
            default="'track'",
            aliases=("type",),
        ),
        Field(
            "value",
            Number(VALUE_DIGITS, VALUE_PLACES, is_rounded=True),
            "what it was worth",
            aliases=("revenue", "total"),
        ),
        Field(
            "message_id",
            Text(200),
            "the event's own id; without it, the row's content identifies it",
            aliases=("messageId", "event_id"),
        ),
        Field("properties", JsonObject(), "whatever else is known of it", default="'{}'"),
        Field("context", JsonObject(), "where it came from", default="'{}'"),
    )


def _value_in_properties() -> str:
    """SQL for the worth of an event that is in Segment's shape."""
    limit = 10 ** (VALUE_DIGITS - VALUE_PLACES) - 1
    cases = [
        f"WHEN jsonb_typeof(s.properties->'{name}') = 'number' "
        f"AND abs((s.properties->>'{name}')::numeric) < {limit} "
        f"THEN round((s.properties->>'{name}')::numeric, {VALUE_PLACES})"
        for name in VALUE_PROPERTIES
    ]
    return f"CASE {' '.join(cases)} END"
