"""What workers are woken for: webhooks."""

from __future__ import annotations

from datetime import timedelta
from random import SystemRandom

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from core.webhooks import sending, services

# A round sends a few; a worker that has other work to do too comes back for the rest.
ROUNDS = 20


@shared_task(name="core.tasks.webhooks_send")
def webhooks_send() -> None:
    """Send what is due."""
    for _ in range(ROUNDS):
        if not sending.deliveries_send(now=timezone.now(), rng=SystemRandom()):
            return


@shared_task(name="core.tasks.webhooks_prune")
def webhooks_prune() -> None:
    """Forget what was sent long ago."""
    days = timedelta(days=settings.WEBHOOK_LOG_DAYS)
    services.messages_prune(before=timezone.now() - days)
