"""Writes of the privacy app."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from core import broadcasts
from privacy import registry
from privacy.models import Suppression


def suppression_add(
    subject_id: UUID, *, reason: str, channel: str = Suppression.Channel.ALL, source: str = ""
) -> bool:
    """Suppress a subject on a channel; False when they already were."""
    _, created = Suppression.objects.get_or_create(
        subject_id=subject_id, channel=channel, defaults={"reason": reason, "source": source}
    )
    if created:
        # Who decides by what was read a moment ago must look again.
        broadcasts.announce("contact", str(subject_id))
    return created


@transaction.atomic(durable=True)
def subject_erase(subject_id: UUID) -> dict[str, int]:
    """Erase a subject from every registered holder; the receipt counts rows per holder. Suppression
    stays.
    """
    broadcasts.announce("contact", str(subject_id))
    return {holder.name: holder.erase(subject_id) for holder in registry.holders()}
