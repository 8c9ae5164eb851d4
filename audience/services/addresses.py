"""Whose an address is, for what comes in about addresses; and who must not be written to by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from audience.models import Contact
from events.models import AddressWaiting, LogReader
from events.services import aliases_add, units_move
from privacy.addresses import address_digest_keys, address_digest_sql
from privacy.models import KnownAddress, Suppression

READER = "audience.addresses"
ADDRESS_UNIT = "address:"
# A contact that changes while this runs carries a time before its end.
OVERLAP = timedelta(minutes=10)
# Edits by hand leave no time behind; all contacts are looked at this often.
ALL_EVERY = timedelta(hours=1)

_INDEX = f"""
INSERT INTO {KnownAddress._meta.db_table} AS known (digest, subject_id, unit_id, rank)
SELECT {address_digest_sql("email")}, subject_id, external_id, id
FROM {Contact._meta.db_table}
WHERE email <> '' AND (%(since)s::timestamptz IS NULL OR updated_at >= %(since)s)
ORDER BY id
ON CONFLICT (subject_id) DO UPDATE
SET digest = excluded.digest, unit_id = excluded.unit_id, rank = excluded.rank
WHERE (known.digest, known.unit_id) <> (excluded.digest, excluded.unit_id)
RETURNING known.subject_id
"""  # noqa: S608 - the only names put in are those of our own tables

_FORGET = f"""
DELETE FROM {KnownAddress._meta.db_table} known
WHERE NOT EXISTS (
    SELECT FROM {Contact._meta.db_table} c WHERE c.subject_id = known.subject_id AND c.email <> ''
)
"""  # noqa: S608 - as above

# The first sixteen bytes of the hash are the subject that the address itself is.
_CARRY_OVER = f"""
INSERT INTO {Suppression._meta.db_table} (subject_id, channel, reason, source)
SELECT known.subject_id, s.channel, s.reason, s.source
FROM {KnownAddress._meta.db_table} known
JOIN {Suppression._meta.db_table} s ON s.subject_id = left(known.digest, 32)::uuid
WHERE %(subjects)s::uuid[] IS NULL OR known.subject_id = ANY(%(subjects)s::uuid[])
ON CONFLICT (subject_id, channel) DO NOTHING
"""  # noqa: S608 - as above


@transaction.atomic
def addresses_index(*, now: datetime) -> int:
    """Bring the index of addresses up to date; how many entries changed.

    Whoever has an address that was suppressed before they were known is suppressed with it, and
    events that waited for the address become theirs.
    """
    LogReader.objects.get_or_create(name=READER)
    reader = LogReader.objects.select_for_update().get(name=READER)
    all_at = datetime.fromtimestamp(reader.watermark, tz=now.tzinfo)
    is_all = reader.read_at is None or now - all_at >= ALL_EVERY
    since = None if is_all or reader.read_at is None else reader.read_at - OVERLAP
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, {**address_digest_keys(), "since": since})
        changed = [row[0] for row in cursor.fetchall()]
        if is_all:
            cursor.execute(_FORGET)
        if is_all or changed:
            cursor.execute(_CARRY_OVER, {"subjects": None if is_all else changed})
    waiting_resolve(now=now)
    reader.read_at = now
    reader.watermark = int(now.timestamp()) if is_all else reader.watermark
    reader.save(update_fields=["read_at", "watermark"])
    return len(changed)


def waiting_resolve(*, now: datetime) -> int:
    """Give the events of addresses that are somebody's by now to them; how many events."""
    claims: dict[str, tuple[str, Any]] = {}
    waiting = AddressWaiting.objects.values("digest")
    known = KnownAddress.objects.filter(digest__in=waiting).order_by("digest", "rank")
    for digest, unit_id in known.values_list("digest", "unit_id"):
        claims.setdefault(f"{ADDRESS_UNIT}{digest}", (unit_id, now))
    aliases_add(claims)
    moved = units_move(list(claims))
    digests = [alias.removeprefix(ADDRESS_UNIT) for alias in claims]
    AddressWaiting.objects.filter(digest__in=digests).delete()
    return moved
