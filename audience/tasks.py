"""The audience's tasks: people are followed and understood, groups found, segments built."""

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


@shared_task
def heads_fit() -> None:
    """Learn again from the shop's own ratings and orders."""
    now = timezone.now()
    fitted = [services.sentiment_head_fit(now=now), services.purchase_head_fit(now=now)]
    log.info("heads_fitted", heads=[str(head) for head in fitted if head])


@shared_task
def profiles_grow_old() -> None:
    """Mark the profiles whose people ordered since they were made, or whose orders have aged."""
    log.info("profiles_due", contacts=services.profiles_grow_old(now=timezone.now()))
