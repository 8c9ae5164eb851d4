"""A worker's way through a job: claim a batch, write it, store it, until nothing is left."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import structlog
from django.db import transaction
from django.db.models.functions import Now

from core.errors import DomainError, InputRefused
from core.jobs import wake
from generation.briefs import Brief
from generation.models import BriefRecord, Draft, GenerationJob
from generation.selectors import OPEN
from generation.services.claims import Heartbeat, briefs_claim, briefs_release
from generation.services.drafting import Desk, write_drafts
from generation.services.jobs import RUN_TASK, job_fail, job_finish
from generation.services.ranking import encoder_load
from inference.generators import load, text_generator

BRIEFS_PER_BATCH = 16
MAX_ATTEMPTS = 3
log = structlog.get_logger(__name__)


def job_work(job_id: int, *, worker: str) -> None:
    """Work on a job until no brief is free. Any number of workers may do so at once.

    Args:
        job_id: The job.
        worker: A name no other running call has: claims are made and guarded by it.
    """
    _job_start(job_id)
    _next_worker_wake(job_id)
    _models_load(job_id)
    while records := briefs_claim(job_id, worker=worker, size=BRIEFS_PER_BATCH):
        if not _batch_work(records, worker=worker):
            return
    job_finish(job_id)


def _job_start(job_id: int) -> None:
    GenerationJob.objects.filter(pk=job_id, status=GenerationJob.Status.QUEUED).update(
        status=GenerationJob.Status.RUNNING
    )


def _next_worker_wake(job_id: int) -> None:
    """Who finds more than a batch calls one more worker, so that idle ones join."""
    free = BriefRecord.objects.filter(job_id=job_id, status=BriefRecord.Status.QUEUED)
    if free.filter(job__status__in=OPEN).count() > BRIEFS_PER_BATCH:
        wake(RUN_TASK, job_id=job_id)


def _models_load(job_id: int) -> None:
    """Load what writing needs before a brief is claimed: a lease is for writing alone."""
    free = BriefRecord.objects.filter(job_id=job_id, status=BriefRecord.Status.QUEUED)
    waiting = free.filter(job__status__in=OPEN).select_related("job").first()
    if waiting is None:
        return
    encoder_load()
    try:
        load(text_generator(waiting.job.generator))
    except Exception as error:  # the first batch meets it again, where it is counted and told
        log.warning("generator_not_loaded", job_id=job_id, reason=str(error))


def _batch_work(records: Sequence[BriefRecord], *, worker: str) -> bool:
    """Write and store one batch; false when this worker should leave the job alone."""
    job, start = records[0].job, time.monotonic()
    try:
        with Heartbeat(records, worker=worker) as heartbeat:
            desks = _desks(job, records, heartbeat)
    except (DomainError, InputRefused) as error:
        job_fail(job.pk, error=str(error))
        return False
    except Exception as error:  # a backend, ours or the shop's own, may fail in any way
        _failure_note(job, records, error, worker=worker)
        return False
    if heartbeat.is_lost():
        briefs_release(records, worker=worker)
        return False
    seconds = (time.monotonic() - start) / len(records)
    _drafts_store(records, desks, worker=worker, seconds=seconds)
    return True


def _desks(
    job: GenerationJob, records: Sequence[BriefRecord], heartbeat: Heartbeat
) -> dict[str, Desk]:
    return write_drafts(
        [Brief.from_json(record.payload) for record in records],
        text_generator(job.generator),
        candidates=job.candidates,
        seed=job.seed,
        should_stop=heartbeat.is_lost,
        job=str(job.pk),
    )


def _failure_note(
    job: GenerationJob, records: Sequence[BriefRecord], error: Exception, *, worker: str
) -> None:
    log.exception("generation_failed", job_id=job.pk, worker=worker)
    briefs_release(records, worker=worker)
    if max(record.attempts for record in records) >= MAX_ATTEMPTS:
        reason = (str(error).splitlines() or [""])[0][:200]
        job_fail(
            job.pk,
            error=f"The generator {job.generator} failed {MAX_ATTEMPTS} times in a row. The last "
            f"time it said: {type(error).__name__}: {reason}",
        )


@transaction.atomic
def _drafts_store(
    records: Sequence[BriefRecord], desks: Mapping[str, Desk], *, worker: str, seconds: float
) -> None:
    for record in records:
        desk = desks[record.key]
        is_ours = BriefRecord.objects.filter(
            pk=record.pk, status=BriefRecord.Status.CLAIMED, claimed_by=worker
        ).update(
            status=BriefRecord.Status.DONE,
            claimed_by="",
            claimed_at=Now(),
            shortfall=desk.shortfall(),
            refusals=dict(desk.rules),
            seconds=seconds,
            **asdict(desk.spent),
        )
        if is_ours:
            Draft.objects.bulk_create(_drafts(record, desk))


def _drafts(record: BriefRecord, desk: Desk) -> list[Draft]:
    return [
        Draft(
            brief=record,
            position=position,
            content=text.copy.to_json(),
            findings=[finding.to_json() for finding in text.findings],
            provenance=dict(text.provenance),
            score=text.score,
        )
        for position, text in enumerate(desk.drafts)
    ]
