"""Snapshots: who is in a segment now, kept for whoever rests on it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from audience.models import Segment, SegmentSnapshot

_KEEP = """
    INSERT INTO audience_snapshotmember (snapshot_id, contact_id)
    SELECT %s, contact_id FROM audience_membership WHERE segment_id = %s
"""


@transaction.atomic
def segment_snapshot(segment: Segment, *, now: datetime) -> SegmentSnapshot:
    """Keep the members of the last build, whatever later ones say."""
    # Held, so that no build swaps its members in between the count and the copy.
    locked = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
    snapshot = SegmentSnapshot.objects.create(
        segment=locked, taken_at=now, built_at=locked.built_at, size=0
    )
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [snapshot.pk, locked.pk])
        snapshot.size = cursor.rowcount
    snapshot.save(update_fields=["size"])
    return snapshot
