"""The life of a job: made, taken back, tried again, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from core.errors import DomainError, InputRefused
from core.jobs import wake
from generation.briefs import Brief
from generation.models import BriefRecord, GenerationJob
from generation.selectors import OPEN
from generation.tracking import is_tracked
from inference.generators import text_generator

RUN_TASK = "generation.tasks.job_run"
TRACK_TASK = "generation.tasks.job_track"
MAX_CANDIDATES = 100


@transaction.atomic
def job_create(
    briefs: Sequence[Brief],
    *,
    requested_by: str,
    candidates: int,
    seed: int,
    generator: str = "",
    then: str = "",
    then_id: int | None = None,
) -> GenerationJob:
    """Make a job of briefs and wake a worker for it.

    `then` names a task that is woken with `job_id` and `then_id` when the job has ended, however.
    """
    spec = generator or settings.GENERATOR
    text_generator(spec)
    _check_request(briefs, candidates)
    job = GenerationJob.objects.create(
        requested_by=requested_by,
        generator=spec,
        candidates=candidates,
        seed=seed,
        then=then,
        then_id=then_id,
    )
    BriefRecord.objects.bulk_create(
        BriefRecord(job=job, key=brief.key, payload=brief.to_json()) for brief in briefs
    )
    wake(RUN_TASK, job_id=job.pk)
    return job


@transaction.atomic
def job_cancel(job: GenerationJob, *, now: datetime) -> None:
    """Take a job back. Drafts that are stored stay; what is being written is thrown away."""
    changed = GenerationJob.objects.filter(pk=job.pk, status__in=OPEN).update(
        status=GenerationJob.Status.CANCELLED, finished_at=now
    )
    if not changed:
        raise DomainError(f"job {job.pk} cannot be cancelled: it has ended already")
    _release_claims(job.pk)
    job.refresh_from_db()
    _tell(job)


@transaction.atomic
def job_retry(job: GenerationJob) -> None:
    """Take a failed or cancelled job up again where it stopped."""
    ended = (GenerationJob.Status.FAILED, GenerationJob.Status.CANCELLED)
    changed = GenerationJob.objects.filter(pk=job.pk, status__in=ended).update(
        status=GenerationJob.Status.QUEUED, finished_at=None, error="", woken_at=Now()
    )
    if not changed:
        raise DomainError(f"job {job.pk} cannot be tried again: it has not failed")
    _release_claims(job.pk)
    unfinished = BriefRecord.objects.filter(job_id=job.pk, status=BriefRecord.Status.QUEUED)
    unfinished.update(attempts=0)
    job.refresh_from_db()
    wake(RUN_TASK, job_id=job.pk)


@transaction.atomic
def job_fail(job_id: int, *, error: str) -> bool:
    """End a job that cannot go on; true for the one caller that ended it."""
    changed = GenerationJob.objects.filter(pk=job_id, status__in=OPEN).update(
        status=GenerationJob.Status.FAILED, finished_at=Now(), error=error
    )
    if changed:
        _release_claims(job_id)
        _tell(GenerationJob.objects.get(pk=job_id))
    return bool(changed)


@transaction.atomic
def job_finish(job_id: int) -> bool:
    """End a job whose briefs are all done; true for the one caller that ended it."""
    unfinished = BriefRecord.objects.filter(job=OuterRef("pk")).exclude(
        status=BriefRecord.Status.DONE
    )
    changed = GenerationJob.objects.filter(~Exists(unfinished), pk=job_id, status__in=OPEN).update(
        status=GenerationJob.Status.DONE, finished_at=Now()
    )
    if changed:
        _tell(GenerationJob.objects.get(pk=job_id))
    return bool(changed)


def _check_request(briefs: Sequence[Brief], candidates: int) -> None:
    if not briefs:
        raise InputRefused("a job needs at least one brief", field="briefs")
    if len({brief.key for brief in briefs}) < len(briefs):
        raise InputRefused(
            "two briefs of a job have the same key: keys must differ", field="briefs"
        )
    if not 1 <= candidates <= MAX_CANDIDATES:
        raise InputRefused(f"candidates must be 1 to {MAX_CANDIDATES}", field="candidates")


def _release_claims(job_id: int) -> None:
    BriefRecord.objects.filter(job_id=job_id, status=BriefRecord.Status.CLAIMED).update(
        status=BriefRecord.Status.QUEUED, claimed_by=""
    )


def _tell(job: GenerationJob) -> None:
    if is_tracked():
        wake(TRACK_TASK, job_id=job.pk)
    if job.then:
        wake(job.then, job_id=job.pk, then_id=job.then_id)
