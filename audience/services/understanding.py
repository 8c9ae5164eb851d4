"""Understanding an audience: texts, profiles, clusters, segments, one run at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection

from audience.models import Clustering, Segment
from audience.selectors import latest_clustering, share_of_profiles_since
from audience.services.clusterings import NothingToCluster, clustering_fit
from audience.services.consents import texts_release
from audience.services.profiles import profiles_refresh
from audience.services.segments import segments_from_clustering, segments_rebuild
from audience.services.texts import ReadSummary, texts_read
from core.errors import DomainError

RANDOM_STATE = 20
REFIT_SHARE = 0.1
# Rules look at attributes, events and the calendar too, so segments age even when nobody writes.
REBUILD_EVERY = timedelta(minutes=15)
# Any number no other lock uses; this one spells "AUD".
LOCK = 0x415544


class Stage(StrEnum):
    TEXTS = "texts read"
    PROFILES = "profiles made"


StageProgress = Callable[[Stage, int], None]


class AlreadyRunning(DomainError):
    """Another run is understanding this audience now; it will also see what came meanwhile."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a run did; `clustering` is None where the last one holds, or too few wrote for one."""

    texts: ReadSummary
    profiles: int
    clustering: Clustering | None
    segments: list[Segment]


def audience_understand(
    *,
    now: datetime,
    count: int | None = None,
    limit: int | None = None,
    progress: StageProgress = lambda _stage, _done: None,
) -> Understood:
    """Read what is new, and carry it through profiles and clusters to the segments.

    Clusters are found again when a tenth of the profiles changed since the last fit, or when
    `count`
    asks for another number of them.

    Raises:
        AlreadyRunning: Another process is at it.
        NothingToCluster: `count` clusters were asked for, and too few people wrote.
    """
    with _only_run():
        texts_release()
        texts = texts_read(now=now, limit=limit, progress=lambda done: progress(Stage.TEXTS, done))
        profiles = profiles_refresh(now=now, progress=lambda done: progress(Stage.PROFILES, done))
        clustering = _clustering_renew(count=count, now=now)
        is_news = bool(texts.seen or profiles or clustering)
        segments = segments_rebuild(now=now, built_before=now if is_news else now - REBUILD_EVERY)
        return Understood(texts, profiles, clustering, segments)


def _clustering_renew(*, count: int | None, now: datetime) -> Clustering | None:
    last = latest_clustering()
    if (
        last
        and count in (None, last.cluster_count)
        and share_of_profiles_since(last) <= REFIT_SHARE
    ):
        return None
    try:
        clustering = clustering_fit(count=count, random_state=RANDOM_STATE, now=now)
    except NothingToCluster:
        # A young shop has rule segments to rebuild all the same; who asks for clusters is told.
        if count is not None:
            raise
        return None
    segments_from_clustering(clustering)
    return clustering


@contextmanager
def _only_run() -> Iterator[None]:
    # The session's lock goes with the session, so a killed run leaves none behind.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning("the audience is being understood by another run: wait for it")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
