"""Flags on what programs did, set anew by the present rules: at once, and in hindsight.

An event whose flags change gets the present transaction, so that roll-ups read its unit again and
the figures of the days it counted in follow by themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from events.bots import (
    CLICKS,
    DELIVERIES,
    OPENS,
    MailEvent,
    event_reasons,
    reasons_by_neighbours,
)
from events.bots.networks import Networks
from events.known_networks import known_networks
from events.models import Event
from events.services.reading import news_read

READER = "events.bots"
KINDS = {
    **dict.fromkeys(DELIVERIES, "delivered"),
    **dict.fromkeys(OPENS, "opened"),
    **dict.fromkeys(CLICKS, "clicked"),
}
# A neighbour is never farther off than a mail takes to be delivered.
NEIGHBOURS_WITHIN = timedelta(days=3)
ROWS_AT_ONCE = 2_000
UNITS_AT_ONCE = 1_000
_NEEDED = ["id", "unit_id", "kind", "name", "value", "occurred_at", "properties", "context"]

_SET = """
UPDATE events_event e
SET bot_reasons = n.reasons::text[], transaction_id = pg_current_xact_id()::text::bigint
FROM unnest(%s::bigint[], %s::text[]) AS n (id, reasons)
WHERE e.id = n.id
"""


@dataclass(frozen=True, slots=True)
class FlagDay:
    """Events of one name on one day (UTC): how many, and how many were and are flagged."""

    day: date
    name: str
    events: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class FlagReport:
    """`changed` counts events whose reasons are others now; `reasons`, how often each is given."""

    changed: int
    days: tuple[FlagDay, ...]
    reasons: dict[str, int]


def bots_flag(
    *, since: datetime, until: datetime, units: Sequence[str] | None = None, is_dry: bool = False
) -> FlagReport:
    """Judge the events of this time anew; `is_dry` only says what would change."""
    tally = _Tally()
    found = _events(since - NEIGHBOURS_WITHIN, until + NEIGHBOURS_WITHIN, units)
    networks = known_networks()
    changes: list[tuple[int, str]] = []
    for _, group in groupby(found, key=lambda event: event.unit_id):
        judged = [
            (event, reasons)
            for event, reasons in _judged(list(group), networks)
            if since <= event.occurred_at < until
        ]
        changes += [change for event, reasons in judged if (change := tally.add(event, reasons))]
        if len(changes) >= ROWS_AT_ONCE and not is_dry:
            _store(changes)
            changes = []
    if not is_dry:
        _store(changes)
    return tally.report()


def bots_flag_news(*, now: datetime) -> int:
    """Judge the mails that have new events; how many flags changed."""
    changed = 0

    def read(first: int, end: int) -> None:
        nonlocal changed
        touched = (
            Event.objects.filter(
                transaction_id__gte=first, transaction_id__lt=end, name__in=list(KINDS)
            )
            .values_list("unit_id", "occurred_at")
            .iterator()
        )
        for times in _batches(touched):
            changed += bots_flag(
                since=min(times.values()) - NEIGHBOURS_WITHIN,
                until=now + timedelta(days=2),
                units=sorted(times),
            ).changed

    news_read(READER, read, now=now)
    return changed


def _batches(touched: Iterable[tuple[str, datetime]]) -> Iterator[dict[str, datetime]]:
    """Units with the time of their earliest news, a thousand at once."""
    times: dict[str, datetime] = {}
    for unit_id, moment in touched:
        if unit_id not in times and len(times) >= UNITS_AT_ONCE:
            yield times
            times = {}
        times[unit_id] = min(moment, times.get(unit_id, moment))
    if times:
        yield times


def _events(since: datetime, until: datetime, units: Sequence[str] | None) -> Iterator[Event]:
    """What may be flagged, or says something about what may, unit by unit."""
    wanted = Q(name__in=list(KINDS)) | Q(context__has_key="userAgent") | ~Q(bot_reasons=[])
    events = Event.objects.filter(wanted, occurred_at__gte=since, occurred_at__lt=until)
    if units is not None:
        events = events.filter(unit_id__in=units)
    ordered = events.only(*_NEEDED, "bot_reasons").order_by("unit_id", "occurred_at", "pk")
    return ordered.iterator(chunk_size=ROWS_AT_ONCE)


def _judged(events: Sequence[Event], networks: Networks) -> Iterator[tuple[Event, tuple[str, ...]]]:
    mails = [_mail_event(event) for event in events if event.name in KINDS]
    by_neighbours = reasons_by_neighbours(mails)
    for event in events:
        alone = event_reasons(
            kind=event.kind,
            name=event.name,
            value=event.value,
            properties=event.properties,
            context=event.context,
            networks=networks,
        )
        together = by_neighbours.get(event.pk, frozenset())
        # Deliveries are neighbours, and no deed of anybody's.
        yield event, () if event.name in DELIVERIES else tuple(sorted({*alone, *together}))


def _mail_event(event: Event) -> MailEvent:
    said = event.properties
    mail = next((said[key] for key in ("delivery", "messageId", "campaign") if said.get(key)), "")
    return MailEvent(
        id=event.pk,
        mail=(event.unit_id, str(mail)),
        kind=KINDS[event.name],
        occurred_at=event.occurred_at,
        url=str(said.get("url", said.get("link", ""))),
        is_decoy=said.get("isDecoy") is True,
    )


class _Tally:
    def __init__(self) -> None:
        self.changed = 0
        self.reasons: Counter[str] = Counter()
        self.days: dict[tuple[date, str], list[int]] = {}

    def add(self, event: Event, reasons: tuple[str, ...]) -> tuple[int, str] | None:
        """Count it; what to store, if something changes."""
        counted = self.days.setdefault(
            (event.occurred_at.date(), event.name or event.kind), [0] * 3
        )
        counted[0] += 1
        counted[1] += bool(event.bot_reasons)
        counted[2] += bool(reasons)
        self.reasons.update(reasons)
        if sorted(event.bot_reasons) == list(reasons):
            return None
        self.changed += 1
        return event.pk, f"{{{','.join(reasons)}}}"

    def report(self) -> FlagReport:
        days = (FlagDay(day, name, *counts) for (day, name), counts in sorted(self.days.items()))
        return FlagReport(changed=self.changed, days=tuple(days), reasons=dict(self.reasons))


@transaction.atomic
def _store(changes: list[tuple[Any, ...]]) -> None:
    if not changes:
        return
    ids, reasons = map(list, zip(*sorted(changes), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_SET, [ids, reasons])
