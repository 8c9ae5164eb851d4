"""What the log holds about units: what they did, under whichever name."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from events.models import Event, Rejection, UnitAlias, UnitChange

FIELDS = ("kind", "name", "unit_id", "occurred_at", "value", "properties", "context", "source")


class EventsHolder:
    name = "events"

    def export(self, unit_ids: Sequence[str]) -> dict[str, object]:
        events = Event.objects.filter(unit_id__in=unit_ids).order_by("occurred_at", "pk")
        return {
            "events": [
                {
                    **event,
                    "occurred_at": event["occurred_at"].isoformat(),
                    "value": None if event["value"] is None else str(event["value"]),
                }
                for event in events.values(*FIELDS).iterator()
            ],
            "aliases": list(
                UnitAlias.objects.filter(unit_id__in=unit_ids).values_list("alias", flat=True)
            ),
        }

    def erase(self, unit_ids: Sequence[str]) -> int:
        """Refused events go too: their payloads are what came in, whole."""
        named = Q(payload__userId__in=unit_ids) | Q(payload__anonymousId__in=unit_ids)
        found = (
            Event.objects.filter(unit_id__in=unit_ids),
            Rejection.objects.filter(named),
            UnitAlias.objects.filter(Q(unit_id__in=unit_ids) | Q(alias__in=unit_ids)),
            UnitChange.objects.filter(unit_id__in=unit_ids),
        )
        return sum(rows.delete()[0] for rows in found)
