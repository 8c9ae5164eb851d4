"""Reads of the event log."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Count

from events.models import Event


def event_counts(unit_id: str) -> dict[str, int]:
    """How often a unit did each named thing, and not a program in its name."""
    counted = (
        Event.objects.filter(unit_id=unit_id, bot_reasons=[])
        .exclude(name="")
        .values_list("name")
        .annotate(count=Count("id"))
    )
    return dict(counted.order_by("name"))


def event_names(*, since: datetime, limit: int = 200) -> list[str]:
    """Names of tracked events received since then, most frequent first: a choice of goals."""
    named = Event.objects.filter(kind=Event.Kind.TRACK, received_at__gte=since).values("name")
    counted = named.annotate(count=Count("id")).order_by("-count", "name")
    return list(counted.values_list("name", flat=True)[:limit])


# Leaps from name to name in the index: one look each, however many events there are.
_NAMES = f"""
    WITH RECURSIVE named AS (
        SELECT min(name) AS name FROM {Event._meta.db_table} WHERE name <> ''
        UNION ALL
        SELECT (SELECT min(name) FROM {Event._meta.db_table} WHERE name > named.name)
        FROM named WHERE named.name IS NOT NULL
    )
    SELECT name FROM named WHERE name IS NOT NULL LIMIT %s
"""  # noqa: S608 (a table name, no value)


def known_event_names(*, limit: int = 200) -> list[str]:
    """Every name an event was ever received under, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [limit])
        return [name for (name,) in cursor.fetchall()]
