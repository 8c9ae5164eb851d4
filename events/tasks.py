"""The event log's task: what programs did is flagged, by what was done to the same mail."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from events.services import bots_flag_news

log = structlog.get_logger(__name__)


@shared_task
def flag_bots() -> None:
    changed = bots_flag_news(now=timezone.now())
    if changed:
        log.info("bots_flagged", changed=changed)
