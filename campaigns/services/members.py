"""Who takes part in a campaign: kept at launch, unless it asks anew at every sending."""

from __future__ import annotations

from datetime import datetime

from audience.services import segment_build, segment_snapshot
from campaigns.models import Campaign


def members_keep(campaign: Campaign, *, now: datetime) -> dict[str, int]:
    """Keep the members of the campaign's segments as of their last build; sizes by segment key.

    A segment that was never built is built first. A campaign of live membership keeps nobody.
    """
    if campaign.membership != Campaign.Membership.SNAPSHOT:
        return {}
    sizes = {}
    for place in campaign.campaign_segments.select_related("segment"):
        if place.segment.built_at is None:
            segment_build(place.segment, now=now)
        place.snapshot = segment_snapshot(place.segment, now=now)
        place.save(update_fields=["snapshot"])
        sizes[place.segment.key] = place.snapshot.size
    return sizes
