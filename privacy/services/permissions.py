"""What people agreed to, and who must not be written to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from core import broadcasts
from core.errors import InputRefused
from core.webhooks.services import webhook_publish
from privacy import registry
from privacy.addresses import digest_subject
from privacy.models import ConsentEntry, ConsentPurpose, Suppression

ENTRIES_PER_BATCH = 5_000
# The newest statement counts, in whatever order they arrive; of two of one moment, the no.
_KEEP_NEWEST = """
    INSERT INTO privacy_consent AS kept (subject_id, purpose, is_given, since)
    SELECT DISTINCT ON (subject_id, purpose) subject_id, purpose, is_given, occurred_at
    FROM unnest(%s::uuid[], %s::text[], %s::boolean[], %s::timestamptz[])
        AS said (subject_id, purpose, is_given, occurred_at)
    ORDER BY subject_id, purpose, occurred_at DESC, is_given
    ON CONFLICT (subject_id, purpose) DO UPDATE
    SET is_given = excluded.is_given, since = excluded.since
    WHERE (excluded.since, NOT excluded.is_given) > (kept.since, NOT kept.is_given)
"""


class Statement(NamedTuple):
    """What a subject said to a purpose, when and where."""

    subject_id: UUID
    purpose: str
    is_given: bool
    occurred_at: datetime
    source: str


@transaction.atomic
def suppression_add(
    subject_id: UUID,
    *,
    reason: str,
    channel: str = Suppression.Channel.ALL,
    source: str = "",
    contact: str = "",
) -> bool:
    """Suppress a subject on a channel; False when they already were.

    An unsubscription can be taken back and no other reason can, so another takes its place.
    `contact` is the shop's own id, for the webhook that tells other programs; it is not stored.
    """
    created = _suppress(subject_id, reason=reason, channel=channel, source=source)
    if created:
        # Who decides by what was read a moment ago must look again.
        broadcasts.announce("contact", str(subject_id))
        webhook_publish(
            "contact.suppressed",
            {
                "contact": contact or None,
                "subject": str(subject_id),
                "channel": channel,
                "reason": reason,
            },
            now=timezone.now(),
        )
    return created


def address_suppress(digest: str, *, reason: str, channel: str, source: str = "") -> bool:
    """Suppress whoever has this address, now or later; False when they already were.

    It tells nobody: who has the address now is suppressed by `suppression_add` too.
    """
    return _suppress(digest_subject(digest), reason=reason, channel=channel, source=source)


def _suppress(subject_id: UUID, *, reason: str, channel: str, source: str) -> bool:
    said = {"reason": reason, "source": source}
    kept, created = Suppression.objects.get_or_create(
        subject_id=subject_id, channel=channel, defaults=said
    )
    unsubscribed = Suppression.Reason.UNSUBSCRIBED
    if kept.reason == unsubscribed and reason != unsubscribed:
        Suppression.objects.filter(pk=kept.pk).update(**said)
    return created


def consent_record(
    subject_id: UUID,
    *,
    purpose: str,
    is_given: bool,
    occurred_at: datetime,
    source: str,
    recorded_by: str = "",
) -> None:
    """Note what a subject said; saying it again adds nothing, and an older word changes nothing."""
    said = Statement(subject_id, purpose, is_given, occurred_at, source)
    consents_record([said], recorded_by=recorded_by)
    broadcasts.announce("contact", str(subject_id))


def consents_record(statements: Iterable[Statement], *, recorded_by: str = "") -> int:
    """Note many statements, and how many they were; either all are kept or none is."""
    said = list(statements)
    for statement in said:
        _refuse_unknown(statement)
    # One order of locks for every caller, so that two imports cannot wait for each other.
    said.sort(key=lambda one: (one.subject_id, one.purpose))
    with transaction.atomic():
        for start in range(0, len(said), ENTRIES_PER_BATCH):
            _entries_store(said[start : start + ENTRIES_PER_BATCH], recorded_by=recorded_by)
    return len(said)


def _entries_store(said: list[Statement], *, recorded_by: str) -> None:
    ConsentEntry.objects.bulk_create(
        (ConsentEntry(**one._asdict(), recorded_by=recorded_by) for one in said),
        ignore_conflicts=True,
    )
    ids, purposes, given, moments, _ = map(list, zip(*said, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_NEWEST, [ids, purposes, given, moments])
    for purpose in sorted(set(purposes)):
        subjects = {one.subject_id for one in said if one.purpose == purpose}
        registry.tell_of_consents(subjects, purpose)


def _refuse_unknown(statement: Statement) -> None:
    if statement.purpose not in ConsentPurpose.values:
        raise InputRefused(
            f"purpose: “{statement.purpose}” is not known; choose from "
            f"{', '.join(ConsentPurpose.values)}",
            field="purpose",
        )
    if not 0 < len(statement.source) <= 200:
        raise InputRefused("source: say where it was said, in 1 to 200 characters", field="source")


def suppression_lift(subject_id: UUID, *, reason: str, channel: str) -> bool:
    """Take back a suppression that has this reason; False where there is none, or for another."""
    lifted, _ = Suppression.objects.filter(
        subject_id=subject_id, channel=channel, reason=reason
    ).delete()
    if lifted:
        broadcasts.announce("contact", str(subject_id))
    return bool(lifted)
