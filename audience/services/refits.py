"""Refits as jobs: asked for by a page or the beat, done by one worker, told in percent."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audience.clustering.estimators import estimator_of
from audience.models import Clustering, ClusteringJob
from audience.services.clusterings import clustering_fit, refuse_impossible
from audience.services.segments import segments_from_clustering
from core.audit import audit
from core.errors import CopyliftError, DomainError
from core.jobs import wake

Status = ClusteringJob.Status
OPEN = [Status.QUEUED, Status.RUNNING]
TASK = "audience.tasks.clustering_run"
# A fit is silent for as long as its longest step takes: minutes, with a million profiles.
LEASE = timedelta(minutes=15)
ATTEMPTS = 3


class RefitRunning(DomainError):
    """Another refit is queued or running; there is only ever one."""


class RefitLost(DomainError):
    """The job was cancelled, or given to another worker, while this one worked on it."""


def refit_request(
    *,
    estimator: str,
    count: int | None,
    random_state: int,
    actor: User | None,
    now: datetime,
    is_for_a_worker: bool = True,
) -> ClusteringJob:
    """Ask for a refit; a worker is woken once that is committed, unless the asker does it.

    Raises:
        InputRefused: The estimator is unknown, or does not take a count.
        DomainError: The count is impossible.
        RefitRunning: One is under way.
    """
    refit_refuse_impossible(estimator, count)
    try:
        with transaction.atomic():
            job = ClusteringJob.objects.create(
                estimator=estimator,
                count=count,
                random_state=random_state,
                requested_by=actor,
                created_at=now,
            )
            audit(actor, "refit_request", job, estimator=estimator, count=count)
            if is_for_a_worker:
                wake(TASK, job_id=job.pk)
    except IntegrityError as error:
        raise RefitRunning("Groups are being found already: wait, or cancel that.") from error
    return job


def refit_refuse_impossible(estimator: str, count: int | None) -> None:
    """Refuse what no fit can do.

    Raises:
        InputRefused: The estimator is unknown, or does not take a count.
        DomainError: The count is impossible.
    """
    estimator_of(estimator, count=count, random_state=0)
    refuse_impossible(count)


def refit_cancel(job: ClusteringJob, *, actor: User, now: datetime) -> None:
    """Stop a refit; the groups stay as they were.

    Raises:
        DomainError: It is over.
    """
    with transaction.atomic():
        if not _open(job).update(status=Status.CANCELLED, finished_at=now, stage=""):
            raise DomainError("This refit is over already.")
        audit(actor, "refit_cancel", job)


def refit_run(job_id: int, *, now: datetime) -> Clustering | None:
    """Do a refit, if nobody else does; None where there is nothing to do, it was cancelled, or it
    cannot be done, which is kept with the job.
    """
    job = _claimed(job_id, now=now)
    if job is None:
        return None
    try:
        return _done(job, now=now)
    except CopyliftError:
        return None


def refit_do(job: ClusteringJob, *, now: datetime) -> Clustering:
    """Do a refit that one asked for oneself.

    Raises:
        NothingToCluster: Too few people wrote, or HDBSCAN finds no groups among them.
        RefitLost: It was cancelled, or a worker has it.
    """
    claimed = _claimed(job.pk, now=now)
    if claimed is None:
        raise RefitLost(f"refit {job.pk} was cancelled, or another worker has it")
    return _done(claimed, now=now)


def _done(job: ClusteringJob, *, now: datetime) -> Clustering:
    """What goes wrong is kept with the job, and raised."""
    try:
        return clustering_fit(
            count=job.count,
            random_state=job.random_state,
            now=now,
            estimator=job.estimator,
            progress=partial(_advance, job),
            before_commit=partial(_finish, job),
        )
    except RefitLost:
        raise
    except CopyliftError as refusal:
        _fail(job, str(refusal))
        raise
    except Exception as error:
        _fail(job, f"{type(error).__name__}: see the worker's log")
        raise


def refits_sweep(*, now: datetime) -> int:
    """Wake workers for refits that nobody works on; give up on what failed thrice."""
    idle = ClusteringJob.objects.filter(_is_free(now))
    worn = idle.filter(attempts__gte=ATTEMPTS)
    worn.update(
        status=Status.FAILED,
        finished_at=now,
        error=f"its worker died {ATTEMPTS} times: see the workers' logs, and their memory",
    )
    waiting = list(idle.values_list("pk", flat=True))
    for job_id in waiting:
        wake(TASK, job_id=job_id)
    return len(waiting)


def _is_free(now: datetime) -> Q:
    died = Q(status=Status.RUNNING, claimed_at__lt=now - LEASE)
    return Q(status=Status.QUEUED) | died


def _claimed(job_id: int, *, now: datetime) -> ClusteringJob | None:
    free = ClusteringJob.objects.filter(_is_free(now), pk=job_id, attempts__lt=ATTEMPTS)
    if not free.update(status=Status.RUNNING, claimed_at=now, attempts=F("attempts") + 1, done=0):
        return None
    return ClusteringJob.objects.get(pk=job_id)


def _open(job: ClusteringJob) -> QuerySet[ClusteringJob]:
    return ClusteringJob.objects.filter(pk=job.pk, status__in=OPEN)


def _held(job: ClusteringJob) -> QuerySet[ClusteringJob]:
    """The job while this worker holds it: the number of the attempt is what it is known by."""
    return ClusteringJob.objects.filter(pk=job.pk, status=Status.RUNNING, attempts=job.attempts)


def _advance(job: ClusteringJob, stage: str, percent: int) -> None:
    if not _held(job).update(stage=stage, done=percent, claimed_at=timezone.now()):
        raise RefitLost(f"refit {job.pk} was cancelled, or another worker has it")


def _finish(job: ClusteringJob, clustering: Clustering) -> None:
    """In the fit's own transaction: a refit that was cancelled meanwhile changes nothing."""
    segments_from_clustering(clustering)
    done = _held(job).update(
        status=Status.DONE, finished_at=timezone.now(), clustering=clustering, done=100, stage=""
    )
    if not done:
        raise RefitLost(f"refit {job.pk} was cancelled, or another worker has it")


def _fail(job: ClusteringJob, error: str) -> None:
    _held(job).update(status=Status.FAILED, finished_at=timezone.now(), error=error, stage="")
