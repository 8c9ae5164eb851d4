"""The parts of the log: made ahead, and dropped whole when they are older than they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Min
from psycopg2.errors import LockNotAvailable

from core.audit import audit_part
from events.models import Event, EventSeen, LogReader, Rejection
from events.months import month_in, month_of, months_between, months_later, part_name, start_of
from events.retention import needed_since

MONTHS_AHEAD = 2
# Clocks differ: the database's, which says when an event came in, may be in another month.
CLOCKS_APART = timedelta(hours=12)
# Readers wait behind a part that is being dropped, so it must not wait long itself.
LOCK_SECONDS = 2
SEEN_AT_ONCE = 50_000

_known: set[date] = set()

_PARTS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'events_event'::regclass ORDER BY c.relname
"""
# Attaching lets readers and writers of the other parts go on; CREATE … PARTITION OF would not.
_MAKE = """
CREATE TABLE {part} (LIKE events_event INCLUDING ALL);
ALTER TABLE events_event ATTACH PARTITION {part} FOR VALUES FROM ('{first}') TO ('{end}');
"""


@dataclass(frozen=True, slots=True)
class MonthDropped:
    """A part that went, with all its events."""

    month: date
    events: int


@dataclass(frozen=True, slots=True)
class MonthKept:
    """A part that is old enough to go and was kept, and what for."""

    month: date
    because: str


@dataclass(frozen=True, slots=True)
class Retained:
    dropped: tuple[MonthDropped, ...]
    kept: tuple[MonthKept, ...]


def parts() -> list[date]:
    """The months the log has a part for, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTS)
        return [month_in(row[0]) for row in cursor.fetchall()]


def months_ensure(now: datetime) -> None:
    """What comes in at this moment has a part; a process asks the database once a month."""
    months = {month_of(now - CLOCKS_APART), month_of(now + CLOCKS_APART)}
    if not months <= _known:
        _known.update(months - set(months_make(months)))


def months_forget() -> None:
    """Ask the database again: a part this process knew is not there."""
    _known.clear()


def months_make_ahead(*, now: datetime) -> list[date]:
    """Make this month's part and those of the next; which were made."""
    this = month_of(now)
    return months_make(months_between(this, months_later(this, MONTHS_AHEAD)))


@transaction.atomic
def months_make(months: Iterable[date]) -> list[date]:
    """Make the parts that are missing; which were made."""
    wanted = set(months)
    if wanted <= set(parts()):
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('events_event parts'))")
        missing = sorted(wanted - set(parts()))
        for month in missing:
            cursor.execute(
                _MAKE.format(
                    part=part_name(month),
                    first=start_of(month).isoformat(),
                    end=start_of(months_later(month, 1)).isoformat(),
                )
            )
    return missing


def months_drop(*, months_kept: int, now: datetime) -> Retained:
    """Drop the parts that are older than so many months, and say so in the audit trail.

    A month stays while something needs it: a reader that has not read it, or what an app has
    registered in `events.retention`. Whoever holds the log for long makes it wait for another day.
    """
    before = months_later(month_of(now), -months_kept)
    needs = needed_since()
    dropped, kept = [], []
    for month in [each for each in parts() if each < before]:
        because = _needed_by(month, needs)
        if not because:
            try:
                dropped.append(_month_drop(month))
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
                because = "whoever reads or writes the log just now"
        if because:
            kept.append(MonthKept(month, because))
    _past_forget(before if not kept else min(each.month for each in kept))
    return Retained(tuple(dropped), tuple(kept))


def log_analyse() -> None:
    """Count the log as a whole for the planner: PostgreSQL does so by itself for each part only."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_event")


def _needed_by(month: date, needs: dict[str, datetime]) -> str:
    """What still needs the month's events; "" if nothing does."""
    end = start_of(months_later(month, 1))
    for name, since in needs.items():
        if since < end:
            return name
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(transaction_id) FROM {part_name(month)}")  # noqa: S608 - a name of ours
        newest = cursor.fetchone()[0]
    read = LogReader.objects.aggregate(least=Min("watermark"))["least"]
    if newest is not None and read is not None and read <= newest:
        return "a reader of the log that has not come so far"
    return ""


@transaction.atomic
def _month_drop(month: date) -> MonthDropped:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        cursor.execute(f"SELECT count(*) FROM {part_name(month)}")  # noqa: S608 - a name of ours
        events = int(cursor.fetchone()[0])
        cursor.execute(f"DROP TABLE {part_name(month)}")
    _known.discard(month)
    audit_part(None, "events_month_drop", Event, f"{month:%Y-%m}", events=events)
    return MonthDropped(month, events)


def _past_forget(before: date) -> None:
    """What is known of events from before that month goes too: their ids, and what was refused."""
    Rejection.objects.filter(received_at__lt=start_of(before)).delete()
    while True:
        old = EventSeen.objects.filter(month__lt=before).values("pk")[:SEEN_AT_ONCE]
        if not EventSeen.objects.filter(pk__in=old).delete()[0]:
            return
