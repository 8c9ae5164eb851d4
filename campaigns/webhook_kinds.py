"""What other programs are told of campaigns and their copy."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import Campaign, Variant
from core.webhooks.kinds import register
from core.webhooks.services import webhook_publish

KINDS = {
    "campaign.launched": "A campaign went live.",
    "campaign.paused": "A campaign was paused: everyone gets the control copy.",
    "campaign.resumed": "A paused campaign went on.",
    "campaign.finished": "A campaign ended for good.",
    "variant.approved": "A person approved copy.",
    "variant.rejected": "A person rejected copy.",
}


def register_kinds() -> None:
    for name, meaning in KINDS.items():
        register(name, meaning)


def tell_of_campaign(campaign: Campaign, kind: str, *, now: datetime) -> None:
    """Into the outbox, in the transaction that changed the campaign."""
    webhook_publish(
        kind,
        {
            "campaign": campaign.key,
            "name": campaign.name,
            "status": campaign.status,
            "experiment": campaign.experiment.key if campaign.experiment else None,
        },
        now=now,
    )


def tell_of_variant(variant: Variant, kind: str, *, now: datetime) -> None:
    """Which text it is of, and what a reader sees first; the whole text is in the admin."""
    webhook_publish(
        kind,
        {
            "campaign": variant.campaign.key,
            "variant": variant.pk,
            "segment": variant.segment.key if variant.segment else "",
            "angle": variant.angle,
            "opening": variant.opening,
        },
        now=now,
    )
