"""Clusterings: one fit over all profiles, its clusters named, portrayed and known again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from audience.clustering.estimators import KMEANS, estimator_of
from audience.clustering.features import LOOSE, ClusterEstimator, TooFewProfiles
from audience.clustering.identity import FoundCluster
from audience.clustering.portraits import ClusterPortrait, ClusterWords, portraits
from audience.models import Cluster, Clustering, Profile
from audience.phrases import phrases
from audience.selectors import newest_bodies_by_contact
from audience.services.corrections import corrections_pin
from audience.services.groups import cluster_words, groups_recognise
from core.errors import DomainError

StageProgress = Callable[[str, int], None]

READING, FINDING, WORDING, STORING = "reading profiles", "finding groups", "wording", "storing"
# Percent of a fit that is done when its search begins and when it ends, as measured.
SEARCH_BEGINS, SEARCH_ENDS = 5, 80

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
    found: ClusterEstimator
    estimator: str

    def of(self, label: int) -> list[Profile]:
        return [
            profile
            for profile, own in zip(self.profiles, self.found.labels_, strict=True)
            if own == label
        ]

    def clusters(self) -> list[FoundCluster]:
        return [
            FoundCluster(centroid, frozenset(profile.pk for profile in self.of(label)))
            for label, centroid in enumerate(self.found.centroids_)
        ]

    def sentiment(self, label: int) -> float:
        known = [one.sentiment for one in self.of(label) if one.sentiment is not None]
        return float(np.mean(known)) if known else 0.0


def clustering_fit(
    *,
    count: int | None,
    random_state: int,
    now: datetime,
    estimator: str = KMEANS,
    progress: StageProgress = lambda _stage, _percent: None,
    before_commit: Callable[[Clustering], None] = lambda _clustering: None,
) -> Clustering:
    """Find clusters among all profiles, put them in words, know them again as the groups of
    before, and give every profile its cluster.

    `count` None lets the fit choose. The same profiles and `random_state` give the same clusters.
    What `before_commit` raises, undoes all of it.

    Raises:
        NothingToCluster: Too few people wrote, or HDBSCAN finds no groups among them.
        InputRefused: The estimator is unknown, or does not take a count.
    """
    refuse_impossible(count)
    # The slow part stands outside the transaction; what is stored is what these rows said.
    progress(READING, 0)
    fit = _fitted(estimator, count=count, random_state=random_state, progress=progress)
    progress(WORDING, SEARCH_ENDS)
    worded = _portraits(fit)
    progress(STORING, 95)
    with transaction.atomic():
        clustering = _clustering_store(fit, worded, now=now)
        before_commit(clustering)
    return clustering


def refuse_impossible(count: int | None) -> None:
    if count is not None and not 2 <= count <= 50:
        raise DomainError(f"count is {count}: it must be from 2 to 50, or left out to be chosen")


def _fitted(
    estimator: str, *, count: int | None, random_state: int, progress: StageProgress
) -> _Fit:
    profiles = list(
        Profile.objects.filter(text_count__gt=0)
        .only("contact_id", "vector", "categories", "sentiment", "cluster_id")
        .order_by("id")
    )
    width = SEARCH_ENDS - SEARCH_BEGINS
    try:
        found = estimator_of(estimator, count=count, random_state=random_state).fit(
            _vectors(profiles),
            [profile.categories for profile in profiles],
            progress=lambda share: progress(FINDING, SEARCH_BEGINS + int(width * share)),
        )
    except TooFewProfiles as error:
        raise NothingToCluster(f"{error}: import more texts and read them first") from error
    return _Fit(profiles, found, estimator)


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

    def words(label: int) -> ClusterWords:
        return ClusterWords(
            size=len(fit.of(label)),
            texts=texts[label],
            categories=_mean_shares(fit.of(label)),
            sentiment=fit.sentiment(label),
        )

    return portraits(
        [words(label) for label in range(len(fit.found.centroids_))],
        loose=words(LOOSE) if fit.of(LOOSE) else None,
    )


def _mean_shares(profiles: Sequence[Profile]) -> dict[str, float]:
    totals: dict[str, float] = defaultdict(float)
    for profile in profiles:
        for name, share in profile.categories.items():
            totals[name] += share
    return {name: total / len(profiles) for name, total in totals.items()}


def _clustering_store(fit: _Fit, found: Sequence[ClusterPortrait], *, now: datetime) -> Clustering:
    clustering = Clustering.objects.create(
        created_at=now,
        finished_at=now,
        estimator=fit.estimator,
        random_state=fit.found.random_state,
        cluster_count=len(found),
        profile_count=len(fit.profiles),
        loose_count=int((fit.found.labels_ == LOOSE).sum()),
        silhouette=fit.found.silhouette_,
        stability=fit.found.stability_,
    )
    before = {profile.pk: profile.cluster_id for profile in fit.profiles}
    groups = groups_recognise(fit.clusters(), found, members_before=before)
    clusters = Cluster.objects.bulk_create(
        Cluster(
            clustering=clustering,
            identity=group,
            position=label,
            **cluster_words(group, portrait),
            traits=_traits(portrait, sentiment=fit.sentiment(label)),
            size=len(fit.of(label)),
            centroid=fit.found.centroids_[label],
            least_cosine=fit.found.least_cosines_[label] if fit.found.least_cosines_ else None,
        )
        for label, (portrait, group) in enumerate(zip(found, groups, strict=True))
    )
    _profiles_assign(fit, clusters)
    corrections_pin(clusters)
    return clustering


def _traits(portrait: ClusterPortrait, *, sentiment: float) -> Mapping[str, object]:
    return {
        "phrases": [found.phrase for found in portrait.keywords],
        "phrase_shares": {found.phrase: round(found.share, 4) for found in portrait.keywords},
        "phrase_lifts": {found.phrase: round(found.lift, 2) for found in portrait.keywords},
        "categories": dict(portrait.categories),
        "sentiment": round(sentiment, 4),
        "share": round(portrait.share, 4),
    }


def _profiles_assign(fit: _Fit, clusters: Sequence[Cluster]) -> None:
    own = [None if label == LOOSE else clusters[label].pk for label in fit.found.labels_]
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN, [[profile.pk for profile in fit.profiles], own])
