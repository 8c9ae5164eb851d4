"""Reads of the event log."""

from __future__ import annotations

from datetime import datetime

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
