"""Erasing a subject everywhere, and never writing to their address again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core import broadcasts
from core.webhooks.services import webhook_publish
from privacy import registry
from privacy.addresses import address_digest
from privacy.models import Consent, KnownAddress, Suppression
from privacy.services.permissions import address_suppress

ERASED = "erasure"


@transaction.atomic(durable=True)
def subject_erase(subject_id: UUID) -> dict[str, int]:
    """Erase a subject from every registered holder; the receipt counts rows per holder.

    What stays: that their address must not be written to, as a keyed hash, so that a later import
    cannot bring them back into mailings; and the consent ledger, under an id that is nobody's now.
    """
    directory = registry.directory()
    unit_ids = directory.units_of(subject_id)
    for address in directory.addresses_of(subject_id):
        _keep_away(subject_id, address)
    receipt = {holder.name: holder.erase(unit_ids) for holder in registry.unit_holders()}
    receipt |= {holder.name: holder.erase(subject_id) for holder in registry.holders()}
    receipt["privacy"] = _own_rows_erase(subject_id)
    broadcasts.announce("contact", str(subject_id))
    webhook_publish("subject.erased", {"subject": str(subject_id)}, now=timezone.now())
    return receipt


def _keep_away(subject_id: UUID, address: str) -> None:
    """What was said of the person is said of their address, which nobody can read here."""
    kept = address_digest(address)
    for suppression in Suppression.objects.filter(subject_id=subject_id):
        address_suppress(
            kept, channel=suppression.channel, reason=suppression.reason, source=ERASED
        )
    address_suppress(
        kept,
        channel=Suppression.Channel.ALL,
        reason=Suppression.Reason.ERASED,
        source=ERASED,
    )


def _own_rows_erase(subject_id: UUID) -> int:
    rows = (
        KnownAddress.objects.filter(subject_id=subject_id),
        Suppression.objects.filter(subject_id=subject_id),
        Consent.objects.filter(subject_id=subject_id),
    )
    return sum(found.delete()[0] for found in rows)
