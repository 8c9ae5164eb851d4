"""Reads of the audience."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from audience.models import (
    VECTOR_SIZE,
    Clustering,
    Contact,
    Profile,
    Segment,
    SegmentBuild,
    Text,
)
from audience.rule_queries import contacts_matching
from audience.rules import parse_rule

# What everybody says is judged by the newest texts, so that its cost stays the same as a shop
# grows.
BACKGROUND_TEXTS = 20_000
RATED_TEXTS = 20_000
PORTRAYED_TEXTS = 50_000


@dataclass(frozen=True, slots=True)
class SegmentOverview:
    """A segment as a list shows it; `share` is of all contacts, None before the first build."""

    id: int
    key: str
    name: str
    kind: str
    portrait: str
    size: int | None
    share: float | None
    built_at: datetime | None


def rule_contacts(rule: object, *, now: datetime | None = None) -> QuerySet[Contact]:
    """The contacts a rule describes now."""
    return contacts_matching(parse_rule(rule), now=now or timezone.now())


def rule_count(rule: object, *, now: datetime | None = None) -> int:
    """How many contacts a rule describes now."""
    return rule_contacts(rule, now=now).count()


def segment_contacts(segment: Segment, *, now: datetime) -> QuerySet[Contact]:
    """Who belongs to a segment by its rule or cluster, whatever its last build says."""
    if segment.kind == Segment.Kind.CLUSTER:
        return Contact.objects.filter(profile__cluster=segment.cluster)
    return contacts_matching(parse_rule(segment.rule), now=now, within=(segment.key,))


def active_build(segment: Segment) -> SegmentBuild | None:
    """The build that waits or is under way."""
    return segment.builds.filter(finished_at=None).first()


def ended_builds(segment: Segment) -> QuerySet[SegmentBuild]:
    """The builds that came to an end, however; newest first."""
    return segment.builds.exclude(finished_at=None)


def segment_history(segment: Segment) -> list[SegmentBuild]:
    """The builds that gave it its members, oldest first."""
    return list(segment.builds.filter(status=SegmentBuild.Status.DONE).order_by("as_of", "pk"))


def segment_members(segment: Segment) -> QuerySet[Contact]:
    """The contacts of a segment as of its last build."""
    return Contact.objects.filter(memberships__segment=segment).order_by("pk")


def segments_overview() -> list[SegmentOverview]:
    everybody = Contact.objects.count()
    return [
        SegmentOverview(
            id=segment.pk,
            key=segment.key,
            name=segment.name,
            kind=segment.kind,
            portrait=segment.portrait,
            size=segment.size,
            share=segment.size / everybody if segment.size is not None and everybody else None,
            built_at=segment.built_at,
        )
        for segment in Segment.objects.order_by(F("size").desc(nulls_last=True), "name")
    ]


def segments_to_rebuild(*, built_before: datetime) -> QuerySet[Segment]:
    """Those built by that moment, or never, unless their cluster is of an earlier fit."""
    return Segment.objects.filter(
        Q(kind=Segment.Kind.RULE) | Q(cluster__clustering=latest_clustering()),
        Q(built_at=None) | Q(built_at__lte=built_before),
    ).order_by("pk")


def latest_clustering() -> Clustering | None:
    return Clustering.objects.exclude(finished_at=None).order_by("-finished_at", "-pk").first()


def share_of_profiles_since(clustering: Clustering) -> float:
    """Which part of the profiles of words was made or changed after a clustering was fitted."""
    counts = Profile.objects.filter(text_count__gt=0).aggregate(
        total=Count("pk"), newer=Count("pk", filter=Q(updated_at__gt=clustering.finished_at))
    )
    return counts["newer"] / max(1, counts["total"])


def texts_to_read() -> int:
    return Text.objects.filter(status=Text.Status.NEW).count()


def profiles_due() -> int:
    return Contact.objects.filter(is_profile_due=True).count()


def drop_reasons() -> dict[str, int]:
    """How many texts were dropped for each reason, most frequent first."""
    dropped = Text.objects.filter(status=Text.Status.DROPPED).values("drop_reason")
    counted = dropped.annotate(texts=Count("pk")).order_by("-texts", "drop_reason")
    return {row["drop_reason"]: row["texts"] for row in counted}


def newest_bodies() -> Iterator[str]:
    return _newest_read().values_list("clean_body", flat=True)[:BACKGROUND_TEXTS].iterator()


def newest_read_text() -> int:
    """Its key; 0 where none is read."""
    return _newest_read().values_list("pk", flat=True).first() or 0


def texts_read_since(key: int, *, most: int) -> int:
    """How many read texts come after one, counted up to so many."""
    return _newest_read().filter(pk__gt=key)[:most].count()


def newest_bodies_by_contact() -> Iterator[tuple[int, str]]:
    return _newest_read().values_list("contact_id", "clean_body")[:PORTRAYED_TEXTS].iterator()


def newest_rated_texts() -> tuple[list[str], NDArray[np.float32], NDArray[np.int_]]:
    """The newest texts that have a rating, their vectors (texts, size) and ratings (texts,)."""
    rated = _newest_read().exclude(rating=None)
    rows = list(rated.values_list("clean_body", "vector", "rating")[:RATED_TEXTS])
    vectors = [np.asarray(vector, dtype=np.float32) for _, vector, _ in rows]
    stacked = np.stack(vectors) if vectors else np.empty((0, VECTOR_SIZE), dtype=np.float32)
    return [body for body, _, _ in rows], stacked, np.array([row[2] for row in rows], dtype=int)


def _newest_read() -> QuerySet[Text]:
    return Text.objects.filter(status=Text.Status.READ).order_by("-pk")
