"""What workers do for the catalog. All are safe to run twice."""

from __future__ import annotations

import numpy as np
import structlog
from celery import shared_task
from django.utils import timezone

from catalog import services
from catalog.models import Feed

log = structlog.get_logger(__name__)

SEED = 20


@shared_task
def feeds_read() -> None:
    """Read the feeds whose time has come."""
    services.feeds_read_due(now=timezone.now())


@shared_task
def feed_read(feed_id: int) -> None:
    """Read one feed now, because a person asked."""
    feed = Feed.objects.filter(pk=feed_id).first()
    if feed is not None:
        services.feed_read(feed, now=timezone.now())


@shared_task
def products_understand() -> None:
    """Make the vectors that are missing, of words and of pictures; add up what offers cost."""
    made = services.products_encode()
    seen = services.products_see()
    services.offers_spent_refresh()
    if made or seen.made or seen.failed:
        log.info("products_understood", encoded=made, seen=seen.made, unseen=seen.failed)


@shared_task
def recommendations_renew() -> None:
    """Fit anew on what happened since, then work out everybody's recommendations."""
    now = timezone.now()
    try:
        services.recommenders_fit(now=now, rng=np.random.default_rng(SEED))
    except services.NothingToFit:
        return
    units = services.recommendations_refresh(now=now)
    log.info("recommendations_renewed", units=units)
