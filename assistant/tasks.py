"""The assistant's tasks: what waits is read, what changed is learnt."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from assistant import services
from assistant.services import intents, product_documents
from assistant.services.evaluating import evaluations_due

log = structlog.get_logger(__name__)


@shared_task
def read() -> None:
    done = services.documents_read(now=timezone.now())
    log.info("documents_read", documents=done)


@shared_task
def intents_fit() -> None:
    """Bases whose examples of intents changed learn from them."""
    done = intents.intents_fit_due(now=timezone.now())
    log.info("intents_fitted", bases=done)


@shared_task
def catalog_learn() -> None:
    """What the shop says of its products is found as documents are."""
    done = product_documents.catalog_learn()
    log.info("catalog_learnt", products=done)


@shared_task
def conversations_expire() -> None:
    forgotten = services.conversations_expire(now=timezone.now())
    log.info("conversations_expired", rows=forgotten)


@shared_task
def gaps_search() -> None:
    """Look for what is missing, where somebody asked for it."""
    services.gap_searches_run(now=timezone.now())


@shared_task
def gaps_search_due() -> None:
    """Have it looked for where more went unanswered."""
    now = timezone.now()
    services.gap_searches_due(now=now)
    services.gap_searches_run(now=now)


@shared_task
def rankers_fit() -> None:
    """Learn to rank from feedback that is new."""
    fitted = services.rankers_fit_due(now=timezone.now())
    log.info("rankers_fitted", bases=fitted)


@shared_task
def evaluate() -> None:
    """Judge what changed by its questions: points of the trend."""
    judged = evaluations_due(now=timezone.now())
    log.info("bases_evaluated", bases=judged)


@shared_task
def web_pages_fetch() -> None:
    """Fetch web pages that wait, or whose time has come."""
    services.web_pages_due(now=timezone.now())
    fetched = services.web_pages_fetch(now=timezone.now)
    log.info("web_pages_fetched", pages=fetched)
