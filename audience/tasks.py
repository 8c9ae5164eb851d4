"""The audience's task: whatever is new is understood, by one worker at a time."""

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
