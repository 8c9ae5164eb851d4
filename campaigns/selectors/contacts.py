"""All that a decision needs to know of a contact, in one round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from audience.models import Contact, Membership, SegmentSnapshot, SnapshotMember
from experiments.models import Exposure
from privacy.models import Suppression

# Written out, because building it through the ORM takes three times as long as running it, for
# every email that leaves. The table names are our own; every value is a parameter.
KNOWN = f"""
SELECT c.subject_id, c.external_id, c.first_name, c.last_name, c.attributes,
    ARRAY(
        SELECT m.segment_id FROM {Membership._meta.db_table} m
        WHERE m.contact_id = c.id AND m.segment_id = ANY(%(segments)s::bigint[])
        UNION ALL
        SELECT s.segment_id FROM {SnapshotMember._meta.db_table} k
        JOIN {SegmentSnapshot._meta.db_table} s ON s.id = k.snapshot_id
        WHERE k.contact_id = c.id AND k.snapshot_id = ANY(%(snapshots)s::bigint[])
    ),
    EXISTS (
        SELECT FROM {Suppression._meta.db_table} s
        WHERE s.subject_id = c.subject_id AND s.channel IN ('all', %(channel)s)
    ),
    x.arm_id, x.stratum, x.has_other_arm
FROM {Contact._meta.db_table} c
LEFT JOIN {Exposure._meta.db_table} x
    ON x.experiment_id = %(experiment)s AND x.unit_id = c.external_id
WHERE c.external_id = %(contact)s
"""  # noqa: S608 (table names, no values)


@dataclass(frozen=True, slots=True)
class Given:
    """What was assigned to a contact before."""

    arm_id: int
    stratum: str
    has_other_arm: bool = False


@dataclass(frozen=True, slots=True)
class KnownContact:
    """`segment_ids` are those asked about that the contact is in."""

    subject_id: UUID
    external_id: str
    first_name: str
    last_name: str
    attributes: Mapping[str, object]
    segment_ids: frozenset[int]
    is_suppressed: bool
    given: Given | None


def known_contact(
    external_id: str,
    *,
    segment_ids: Sequence[int],
    snapshot_ids: Sequence[int] = (),
    experiment_id: int,
    channel: str,
) -> KnownContact | None:
    """The contact, which of the segments they are in, and what the experiment gave them before.

    Of segments in `segment_ids` the last build counts, of those of `snapshot_ids` the snapshot.
    """
    asked: dict[str, Any] = {
        "contact": external_id,
        "segments": list(segment_ids),
        "snapshots": list(snapshot_ids),
        "experiment": experiment_id,
        "channel": channel,
    }
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, asked)
        row = cursor.fetchone()
    if row is None:
        return None
    subject_id, known_id, first_name, last_name, attributes, segments, suppressed, *given = row
    return KnownContact(
        subject_id=subject_id,
        external_id=known_id,
        first_name=first_name,
        last_name=last_name,
        attributes=orjson.loads(attributes),
        segment_ids=frozenset(segments),
        is_suppressed=suppressed,
        given=Given(*given) if given[0] is not None else None,
    )
