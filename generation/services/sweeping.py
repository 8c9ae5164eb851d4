"""The sweep: work of dead workers moves on, and lost messages are sent again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from core.jobs import wake
from generation.models import BriefRecord, GenerationJob
from generation.selectors import OPEN, expired_claims, forgotten_jobs
from generation.services.jobs import RUN_TASK, job_fail
from generation.services.working import MAX_ATTEMPTS


@transaction.atomic
def jobs_sweep(now: datetime) -> int:
    """Put expired claims back and wake jobs that nobody works on; says how many were woken."""
    before = now - timedelta(seconds=settings.JOB_LEASE_SECONDS)
    _worn_out_jobs_fail(before)
    expired = _expired_claims_requeue(before)
    forgotten = set(forgotten_jobs(before).values_list("pk", flat=True))
    return sum(_job_wake(job_id, now) for job_id in sorted(expired | forgotten))


def _worn_out_jobs_fail(before: datetime) -> None:
    worn_out = expired_claims(before).filter(attempts__gte=MAX_ATTEMPTS)
    for job_id in sorted(set(worn_out.values_list("job_id", flat=True))):
        job_fail(
            job_id,
            error=f"The worker stopped without a word {MAX_ATTEMPTS} times on the same brief. Look "
            "into its log, then try the job again.",
        )


def _expired_claims_requeue(before: datetime) -> set[int]:
    expired = expired_claims(before).select_for_update(skip_locked=True, of=("self",))
    records = list(expired.values_list("pk", "job_id"))
    BriefRecord.objects.filter(pk__in=[key for key, _ in records]).update(
        status=BriefRecord.Status.QUEUED, claimed_by=""
    )
    return {job_id for _, job_id in records}


def _job_wake(job_id: int, now: datetime) -> int:
    woken = GenerationJob.objects.filter(pk=job_id, status__in=OPEN).update(woken_at=now)
    if woken:
        wake(RUN_TASK, job_id=job_id)
    return woken
