"""The audience's tasks: whatever is new is understood, by one worker; segments are built."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from audience import services
from audience.selectors import texts_to_read
from audience.services.understanding import AlreadyRunning
from core.jobs import wake

log = structlog.get_logger(__name__)


@shared_task
def understand() -> None:
    try:
        done = services.audience_understand(now=timezone.now(), is_refit_here=False)
    except AlreadyRunning:
        log.info("understand_already_running")
        return
    log.info("understood", texts=done.texts.seen, profiles=done.profiles)
    # A text that came after the reading ended was told "already running": look again.
    if texts_to_read():
        wake("audience.tasks.understand")


@shared_task
def build_run(build_id: int) -> None:
    """Build a segment, unless another worker does."""
    done = services.build_run(build_id)
    log.info("segment_built", build=build_id, size=done.size if done else None)


@shared_task
def builds_sweep() -> None:
    """Move on the builds of dead workers, and thin what is told of old ones."""
    now = timezone.now()
    services.builds_sweep(now=now)
    services.builds_thin(now=now)


@shared_task
def clustering_run(job_id: int) -> None:
    """Find the groups anew, and give the segments their members."""
    now = timezone.now()
    clustering = services.refit_run(job_id, now=now)
    if clustering:
        services.segments_rebuild(now=now)
        log.info("groups_found", job=job_id, clusters=clustering.cluster_count)


@shared_task
def refits_sweep() -> None:
    """Move on the refits of dead workers."""
    services.refits_sweep(now=timezone.now())


@shared_task
def consents_sweep() -> None:
    """Find whose profile is not as the consent ledger says, in case nobody heard."""
    marked = services.consents_sweep()
    if marked:
        log.info("consents_swept", contacts=marked)
