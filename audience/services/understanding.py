"""Understanding an audience: texts, profiles, clusters, segments, one run at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection

from audience.models import Clustering, Estimator, Segment
from audience.selectors import latest_clustering, share_of_profiles_since
from audience.selectors.groups import count_asked_for, is_refit_worth_trying
from audience.services.clusterings import NothingToCluster
from audience.services.consents import texts_release
from audience.services.profiles import profiles_catch_up, profiles_refresh
from audience.services.refits import (
    RefitRunning,
    refit_do,
    refit_refuse_impossible,
    refit_request,
)
from audience.services.segments import segments_rebuild
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
    estimator: str | None = None,
    is_refit_here: bool = True,
    limit: int | None = None,
    progress: StageProgress = lambda _stage, _done: None,
) -> Understood:
    """Read what is new, and carry it through profiles and clusters to the segments.

    Clusters are found again when a tenth of the profiles changed since the last fit, or when
    `count` or `estimator` asks for others than there are: here and now, or, where `is_refit_here`
    says no, by a worker whom a job is left for.

    Raises:
        AlreadyRunning: Another process is at it.
        NothingToCluster: `count` clusters were asked for, and too few people wrote.
        InputRefused: The estimator is unknown, or does not take a count.
        DomainError: The count is impossible.
    """
    # Before hours of reading, not after them.
    refit_refuse_impossible(estimator or Estimator.KMEANS, count)
    with _only_run():
        profiles_catch_up()
        texts_release()
        texts = texts_read(now=now, limit=limit, progress=lambda done: progress(Stage.TEXTS, done))
        profiles = profiles_refresh(now=now, progress=lambda done: progress(Stage.PROFILES, done))
        wanted = _wanted(count=count, estimator=estimator)
        clustering = _refit(wanted, is_here=is_refit_here, now=now) if wanted else None
        is_news = bool(texts.seen or profiles or clustering)
        segments = segments_rebuild(now=now, built_before=now if is_news else now - REBUILD_EVERY)
        return Understood(texts, profiles, clustering, segments)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A refit to be made; who asks for nothing gets again what was last asked for."""

    estimator: str
    count: int | None
    is_asked: bool


def _wanted(*, count: int | None, estimator: str | None) -> _Wanted | None:
    """The refit that is due, or asked for; None where the clusters there are will do."""
    last = latest_clustering()
    is_asked = count is not None or estimator is not None
    if last is None:
        is_due = is_asked or is_refit_worth_trying()
        return _Wanted(estimator or Estimator.KMEANS, count, is_asked) if is_due else None
    is_other = count not in (None, last.cluster_count) or estimator not in (None, last.estimator)
    if is_other:
        return _Wanted(estimator or last.estimator, count, is_asked)
    if share_of_profiles_since(last) <= REFIT_SHARE or not (is_asked or is_refit_worth_trying()):
        return None
    return _Wanted(last.estimator, count or count_asked_for(last), is_asked)


def _refit(wanted: _Wanted, *, is_here: bool, now: datetime) -> Clustering | None:
    try:
        job = refit_request(
            estimator=wanted.estimator,
            count=wanted.count,
            random_state=RANDOM_STATE,
            actor=None,
            now=now,
            is_for_a_worker=not is_here,
        )
    except RefitRunning:
        # Whoever is at it will see what came meanwhile, or a later run will.
        return None
    try:
        return refit_do(job, now=now) if is_here else None
    except NothingToCluster:
        # A young shop has rule segments to rebuild all the same; who asks for clusters is told.
        if wanted.is_asked:
            raise
        return None


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
