"""Segments: made from clusters, and built, which is to say given their members."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.text import slugify

from audience.models import Cluster, Clustering, Segment, SegmentBuild
from audience.reach import reach_of
from audience.selectors import segment_contacts, segment_members, segments_to_rebuild
from core.free_keys import free_key

# One statement, so that who leaves and who joins are judged by the same snapshot.
_BUILD = """
    WITH wanted AS MATERIALIZED ({members}),
    gone AS (
        DELETE FROM audience_membership AS membership
        WHERE segment_id = %s
          AND NOT EXISTS (SELECT FROM wanted WHERE wanted.id = membership.contact_id)
        RETURNING 1
    ),
    come AS (
        INSERT INTO audience_membership (segment_id, contact_id)
        SELECT %s, id FROM wanted ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT (SELECT count(*) FROM come), (SELECT count(*) FROM gone)
"""


@transaction.atomic
def segment_build(segment: Segment, *, now: datetime) -> int:
    """Make the members those who belong now; how many that are. Builds of one segment queue up.

    Done at once, in one statement; `build_order` has a worker do it, who shows how far it is.
    """
    begun = time.monotonic()
    locked = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
    members, parameters = segment_contacts(locked, now=now).values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_BUILD.format(members=members), [*parameters, locked.pk, locked.pk])
        joined, left = cursor.fetchone()
    reach = reach_of(segment_members(locked).order_by())
    Segment.objects.filter(pk=locked.pk).update(size=reach.total, built_at=now)
    SegmentBuild.objects.create(
        segment=locked,
        status=SegmentBuild.Status.DONE,
        as_of=now,
        finished_at=now,
        size=reach.total,
        sendable=reach.sendable,
        joined=joined,
        left=left,
        seconds=time.monotonic() - begun,
    )
    segment.size, segment.built_at = reach.total, now
    return reach.total


def segments_rebuild(*, now: datetime, built_before: datetime | None = None) -> list[Segment]:
    """Build segments, each in a transaction of its own: all, or those not built since a moment.

    Those whose cluster is of an earlier fit are left alone: with nobody in it, they stay as built.
    """
    segments = list(segments_to_rebuild(built_before=built_before or now))
    for segment in segments:
        segment_build(segment, now=now)
    return segments


@transaction.atomic
def segments_from_clustering(clustering: Clustering) -> list[Segment]:
    """One segment per cluster. Those of a group's earlier cluster move along with the group.

    What a person rewrote (name, portrait) stays as they left it; keys never change.
    """
    clusters = list(clustering.clusters.all())
    kept = _segments_by_group(clusters)
    segments: list[Segment] = []
    for cluster in clusters:
        own = [_segment_move(segment, cluster) for segment in kept.get(_group_key(cluster), ())]
        segments += own or [_segment_create(cluster)]
    return segments


def _segments_by_group(clusters: Sequence[Cluster]) -> dict[int, list[Segment]]:
    """The segments of these clusters' groups, and of clusters that belong to no group."""
    there = (
        Segment.objects.filter(
            Q(cluster__identity__in=[cluster.identity_id for cluster in clusters])
            | Q(cluster__in=clusters)
        )
        .select_related("cluster")
        .select_for_update(of=("self",), no_key=True)
        .order_by("id")
    )
    by_group: dict[int, list[Segment]] = defaultdict(list)
    for segment in there:
        by_group[_group_key(_cluster(segment))].append(segment)
    return by_group


def _group_key(cluster: Cluster) -> int:
    # A cluster of no group stands for itself; the sign keeps the two kinds of id apart.
    return cluster.identity_id or -cluster.pk


def _cluster(segment: Segment) -> Cluster:
    if segment.cluster is None:
        raise ValueError(f"segment {segment.key} is of kind cluster and has none")
    return segment.cluster


def _segment_move(segment: Segment, cluster: Cluster) -> Segment:
    before = _cluster(segment)
    if segment.name == before.name:
        segment.name = cluster.name
    if segment.portrait == before.portrait:
        segment.portrait = cluster.portrait
    segment.cluster, segment.traits = cluster, cluster.traits
    segment.save()
    return segment


def _segment_create(cluster: Cluster) -> Segment:
    return Segment.objects.create(
        key=free_key(Segment, slugify(cluster.name) or "cluster"),
        name=cluster.name,
        kind=Segment.Kind.CLUSTER,
        cluster=cluster,
        portrait=cluster.portrait,
        traits=cluster.traits,
    )
