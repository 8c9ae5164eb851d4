"""Writes of the privacy app."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from core.errors import InputRefused
from privacy import registry
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


def suppression_add(
    subject_id: UUID, *, reason: str, channel: str = Suppression.Channel.ALL, source: str = ""
) -> bool:
    """Suppress a subject on a channel; False when they already were."""
    _, created = Suppression.objects.get_or_create(
        subject_id=subject_id, channel=channel, defaults={"reason": reason, "source": source}
    )
    return created


@transaction.atomic(durable=True)
def subject_erase(subject_id: UUID) -> dict[str, int]:
    """Erase a subject from every registered holder; the receipt counts rows per holder. Suppression
    stays.
    """
    return {holder.name: holder.erase(subject_id) for holder in registry.holders()}


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
