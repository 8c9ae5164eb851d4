"""The audience's tasks: whatever is new is understood; segments are built."""

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
        done = services.audience_understand(now=timezone.now())
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
