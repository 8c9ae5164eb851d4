"""The event log's tasks: what programs did is flagged, by what was done to the same mail; the parts
of the log are made ahead, and old ones dropped.
"""

from __future__ import annotations

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from events.services import bots_flag_news, log_analyse, months_drop, months_make_ahead

log = structlog.get_logger(__name__)


@shared_task
def flag_bots() -> None:
    changed = bots_flag_news(now=timezone.now())
    if changed:
        log.info("bots_flagged", changed=changed)


@shared_task
def keep_months() -> None:
    """Make what is missing; drop what is older than `EVENTS_KEPT_MONTHS`, unless that is 0."""
    now = timezone.now()
    made = months_make_ahead(now=now)
    if made:
        log.info("event_months_made", months=[f"{month:%Y-%m}" for month in made])
    if settings.EVENTS_KEPT_MONTHS:
        told = months_drop(months_kept=settings.EVENTS_KEPT_MONTHS, now=now)
        for dropped in told.dropped:
            log.info("event_month_dropped", month=f"{dropped.month:%Y-%m}", events=dropped.events)
        for kept in told.kept:
            log.warning("event_month_kept", month=f"{kept.month:%Y-%m}", because=kept.because)
    log_analyse()
