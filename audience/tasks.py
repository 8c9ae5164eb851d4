"""The audience's tasks: whatever is new is understood, by one worker at a time."""

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
def follow_events() -> None:
    """Contacts from what the log says of people: who they are, where they are reached, who left."""
    now = timezone.now()
    identified = services.contacts_identify(now=now)
    indexed = services.addresses_index(now=now)
    suppressed = services.suppressions_follow(now=now)
    if identified.created or identified.moved or indexed or suppressed:
        log.info(
            "contacts_followed_events",
            created=identified.created,
            updated=identified.updated,
            moved=identified.moved,
            addresses=indexed,
            suppressed=suppressed,
        )
