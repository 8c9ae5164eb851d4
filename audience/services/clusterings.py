"""Clusterings: one fit over all profiles, its clusters named and portrayed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from audience.clustering.kmeans import ProfileClusters, TooFewProfiles
from audience.clustering.portraits import ClusterPortrait, ClusterWords, portraits
from audience.models import Cluster, Clustering, Profile
from audience.phrases import phrases
from audience.selectors import newest_bodies_by_contact
from core.errors import DomainError

_ASSIGN = """
    UPDATE audience_profile AS profile SET cluster_id = found.cluster_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS found (id, cluster_id)
    WHERE profile.id = found.id
"""


class NothingToCluster(DomainError):
    """There are too few profiles for clusters to mean anything."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """The profiles as they were read, and what was found in them."""

    profiles: Sequence[Profile]
    found: ProfileClusters

    def of(self, label: int) -> list[Profile]:
        return [
            profile
            for profile, own in zip(self.profiles, self.found.labels_, strict=True)
            if own == label
        ]

    def sentiment(self, label: int) -> float:
        return float(np.mean([profile.sentiment for profile in self.of(label)]))


def clustering_fit(*, count: int | None, random_state: int, now: datetime) -> Clustering:
    """Find clusters among all profiles, put them in words, and give every profile its cluster.

    `count` None lets the fit choose. The same profiles and `random_state` give the same clusters.
    """
    if count is not None and not 2 <= count <= 50:
        raise DomainError(f"count is {count}: it must be from 2 to 50, or left out to be chosen")
    # The slow part stands outside the transaction; what is stored is what these rows said.
    fit = _fitted(count=count, random_state=random_state)
    return _clustering_store(fit, _portraits(fit), random_state=random_state, now=now)


def _fitted(*, count: int | None, random_state: int) -> _Fit:
    profiles = list(
        Profile.objects.only("contact_id", "vector", "categories", "sentiment").order_by("id")
    )
    vectors = _vectors(profiles)
    try:
        found = ProfileClusters(count=count, random_state=random_state).fit(
            vectors, [profile.categories for profile in profiles]
        )
    except TooFewProfiles as error:
        raise NothingToCluster(f"{error}: import more texts and read them first") from error
    return _Fit(profiles, found)


def _vectors(profiles: Sequence[Profile]) -> NDArray[np.float32]:
    vectors = [np.asarray(profile.vector, dtype=np.float32) for profile in profiles]
    return np.stack(vectors) if vectors else np.empty((0, 0), dtype=np.float32)


def _portraits(fit: _Fit) -> list[ClusterPortrait]:
    label_of = {
        profile.contact_id: int(label)
        for profile, label in zip(fit.profiles, fit.found.labels_, strict=True)
    }
    texts: dict[int, list[list[str]]] = defaultdict(list)
    for contact, body in newest_bodies_by_contact():
        if contact in label_of:
            texts[label_of[contact]].append(phrases(body))
    return portraits(
        [
            ClusterWords(
                size=len(fit.of(label)),
                texts=texts[label],
                categories=_mean_shares(fit.of(label)),
                sentiment=fit.sentiment(label),
            )
            for label in range(len(fit.found.centroids_))
        ]
    )


def _mean_shares(profiles: Sequence[Profile]) -> dict[str, float]:
    totals: dict[str, float] = defaultdict(float)
    for profile in profiles:
        for name, share in profile.categories.items():
            totals[name] += share
    return {name: total / len(profiles) for name, total in totals.items()}


@transaction.atomic
def _clustering_store(
    fit: _Fit, found: Sequence[ClusterPortrait], *, random_state: int, now: datetime
) -> Clustering:
    clustering = Clustering.objects.create(
        created_at=now,
        finished_at=now,
        random_state=random_state,
        cluster_count=len(found),
        profile_count=len(fit.profiles),
        silhouette=fit.found.silhouette_,
        stability=fit.found.stability_,
    )
    clusters = Cluster.objects.bulk_create(
        Cluster(
            clustering=clustering,
            position=label,
            name=portrait.name,
            portrait=portrait.portrait,
            traits=_traits(portrait, sentiment=fit.sentiment(label)),
            size=len(fit.of(label)),
            centroid=fit.found.centroids_[label],
        )
        for label, portrait in enumerate(found)
    )
    _profiles_assign(fit, clusters)
    return clustering


def _traits(portrait: ClusterPortrait, *, sentiment: float) -> Mapping[str, object]:
    return {
        "phrases": [found.phrase for found in portrait.keywords],
        "phrase_shares": {found.phrase: round(found.share, 4) for found in portrait.keywords},
        "categories": dict(portrait.categories),
        "sentiment": round(sentiment, 4),
        "share": round(portrait.share, 4),
    }


def _profiles_assign(fit: _Fit, clusters: Sequence[Cluster]) -> None:
    own = [clusters[label].pk for label in fit.found.labels_]
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN, [[profile.pk for profile in fit.profiles], own])
