"""The privacy app's tasks: open requests are worked on, old exports forgotten."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from privacy import services

log = structlog.get_logger(__name__)


@shared_task
def work() -> None:
    now = timezone.now()
    done = services.requests_work(now=now)
    expired = services.exports_expire(now=now)
    if done or expired:
        log.info("subject_requests_worked", done=done, exports_expired=expired)
