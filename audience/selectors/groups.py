"""Reads about groups of people, and the fits that find them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from audience.clustering.features import LEAST_PROFILES
from audience.models import (
    Cluster,
    ClusterIdentity,
    Clustering,
    ClusteringJob,
    Contact,
    Profile,
    Segment,
    Text,
)
from audience.moods import mood_word
from audience.selectors import latest_clustering
from audience.selectors.quotes import Quote, quotes_of_cluster
from audience.sensitive import is_sensitive

OPEN = [ClusteringJob.Status.QUEUED, ClusteringJob.Status.RUNNING]

MEMBERS_SHOWN = 12
THEIRS_ALONE = 50
# As steady as a fit must be for its groups to be relied on.
STEADY = 0.8


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group as a list shows it; `was` is its size in the fit before, None for a new one."""

    group: ClusterIdentity
    cluster: Cluster
    share: float
    was: int | None


@dataclass(frozen=True, slots=True)
class GroupsBoard:
    """The present groups, the fit that found them, and the refit under way or last done."""

    clustering: Clustering | None
    lines: list[GroupLine]
    job: ClusteringJob | None
    fits: list[Clustering]

    @property
    def loose_share(self) -> float:
        if self.clustering is None:
            return 0.0
        return self.clustering.loose_count / max(1, self.clustering.profile_count)

    @property
    def is_steady(self) -> bool:
        return self.clustering is not None and (self.clustering.stability or 0) >= STEADY


@dataclass(frozen=True, slots=True)
class Told:
    """A phrase of a group: its share of the group's texts, how many times everybody else's."""

    phrase: str
    share: float
    lift: float

    @property
    def is_theirs_alone(self) -> bool:
        """So rare elsewhere that a number of times would only tell how large the shop is."""
        return self.lift >= THEIRS_ALONE


@dataclass(frozen=True, slots=True)
class Sighting:
    """A group in one fit: when, how large, which part of all."""

    cluster: Cluster
    at: datetime | None
    size: int
    share: float


@dataclass(frozen=True, slots=True)
class GroupPortrait:
    """All that is known of a group; `is_present` says whether the newest fit found it."""

    group: ClusterIdentity
    cluster: Cluster
    is_present: bool
    told: list[Told]
    categories: list[tuple[str, float]]
    mood: str
    sentiment: float | None
    quotes: list[Quote]
    members: list[Contact]
    history: list[Sighting]
    segments: list[Segment]


def groups_board() -> GroupsBoard:
    clustering = latest_clustering()
    job = ClusteringJob.objects.select_related("requested_by").first()
    fits = list(Clustering.objects.exclude(finished_at=None).order_by("-finished_at", "-pk")[:8])
    if clustering is None:
        return GroupsBoard(None, [], job, fits)
    before = _sizes_before(fits)
    lines = [
        GroupLine(
            group=cluster.identity,
            cluster=cluster,
            share=cluster.size / max(1, clustering.profile_count),
            was=before.get(cluster.identity_id),
        )
        for cluster in clustering.clusters.select_related("identity").order_by("-size", "position")
        if cluster.identity
    ]
    return GroupsBoard(clustering, lines, job, fits)


def _sizes_before(fits: list[Clustering]) -> Mapping[int | None, int]:
    if len(fits) < 2:
        return {}
    return dict(fits[1].clusters.values_list("identity_id", "size"))


def group_portrait(group: ClusterIdentity) -> GroupPortrait | None:
    """The group's portrait; None where no fit has it."""
    history = _history(group)
    if not history:
        return None
    cluster = history[0].cluster
    told = _told(cluster)
    latest = latest_clustering()
    return GroupPortrait(
        group=group,
        cluster=cluster,
        is_present=latest is not None and cluster.clustering_id == latest.pk,
        told=told,
        categories=[one for one in _categories(cluster) if not is_sensitive(one[0])],
        mood=mood_word(cluster.traits["sentiment"]) if "sentiment" in cluster.traits else "",
        sentiment=cluster.traits.get("sentiment"),
        quotes=quotes_of_cluster(cluster, phrases=[one.phrase for one in told]),
        members=list(members_of(cluster)[:MEMBERS_SHOWN]),
        history=history,
        segments=list(Segment.objects.filter(cluster__identity=group)),
    )


def members_of(cluster: Cluster) -> QuerySet[Contact]:
    return Contact.objects.filter(profile__cluster=cluster).order_by("pk")


def _history(group: ClusterIdentity) -> list[Sighting]:
    """Every fit that found it, newest first."""
    clusters = group.clusters.select_related("clustering").order_by(
        "-clustering__finished_at", "-clustering_id"
    )
    return [
        Sighting(
            cluster=cluster,
            at=cluster.clustering.finished_at,
            size=cluster.size,
            share=cluster.size / max(1, cluster.clustering.profile_count),
        )
        for cluster in clusters
    ]


def _told(cluster: Cluster) -> list[Told]:
    shares = cluster.traits.get("phrase_shares", {})
    lifts = cluster.traits.get("phrase_lifts", {})
    return [
        Told(phrase, shares.get(phrase, 0.0), lifts.get(phrase, 0.0))
        for phrase in cluster.traits.get("phrases", [])
        if not is_sensitive(phrase)
    ]


def _categories(cluster: Cluster) -> list[tuple[str, float]]:
    shares: Mapping[str, float] = cluster.traits.get("categories", {})
    return sorted(shares.items(), key=lambda one: (-one[1], one[0]))


def count_asked_for(clustering: Clustering) -> int | None:
    """How many clusters whoever ordered a fit wanted; None where the fit was to choose."""
    job = clustering.jobs.first()
    return job.count if job else None


def is_refit_worth_trying() -> bool:
    """Whether enough people wrote for groups, nobody is at it, and somebody wrote since the last
    try failed.
    """
    if ClusteringJob.objects.filter(status__in=OPEN).exists():
        return False
    if Profile.objects.filter(text_count__gt=0).count() < LEAST_PROFILES:
        return False
    last = ClusteringJob.objects.exclude(finished_at=None).order_by("-pk").first()
    if last is None or last.status != ClusteringJob.Status.FAILED:
        return True
    return Profile.objects.filter(text_count__gt=0, updated_at__gt=last.created_at).exists()


def texts_held() -> int:
    """How many texts are kept unread, since their writers have not agreed to be profiled."""
    return Text.objects.filter(status=Text.Status.HELD).count()
