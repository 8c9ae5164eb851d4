"""What is known before a launch: how many people there are, how many come, how many buy anyway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from audience.models import Contact
from campaigns.models import Campaign
from events.models import Event

DAYS_BACK = 28


@dataclass(frozen=True)
class Prospects:
    """`audience` people are in the campaign's segments, each counted once; all, without segments.

    `per_day` of them are new, on average of the last weeks; None where everybody is, as after a
    first import: that says nothing of the pace. `baseline` is the share of them who did the goal
    event in that time; None where nobody did, so that nothing is known.
    """

    audience: int
    per_day: float | None
    baseline: float | None
    days: int = DAYS_BACK


def prospects_of(campaign: Campaign, *, now: datetime) -> Prospects:
    since = now - timedelta(days=DAYS_BACK)
    people = Contact.objects.all()
    segments = list(campaign.campaign_segments.values_list("segment_id", flat=True))
    if segments:
        people = people.filter(memberships__segment_id__in=segments).distinct()
    audience = people.count()
    did = Event.objects.filter(
        kind=Event.Kind.TRACK,
        bot_reasons=[],
        name=campaign.goal_event,
        occurred_at__gte=since,
        occurred_at__lte=now,
    )
    doers = people.filter(external_id__in=did.values("unit_id")).count()
    new = people.filter(created_at__gte=since).count()
    return Prospects(
        audience=audience,
        per_day=new / DAYS_BACK if new < audience else None,
        baseline=doers / audience if doers else None,
    )
