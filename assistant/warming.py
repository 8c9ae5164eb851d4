"""What answers need, loaded before the first visitor asks, who else waits for the encoder."""

from __future__ import annotations

import threading

import structlog
from django.db import connection
from django.utils import timezone

from assistant.models import KnowledgeBase
from assistant.services.answering import answer

log = structlog.get_logger(__name__)

QUESTION = "What does delivery cost, and how long does it take?"


def warm_up() -> threading.Thread:
    """Load it beside the first requests, in a thread of its own; where nothing is published, none.

    A web process calls it once, when it starts.
    """
    thread = threading.Thread(target=_answer_each, name="warm-up", daemon=True)
    thread.start()
    return thread


def _answer_each() -> None:
    try:
        for base in KnowledgeBase.objects.filter(is_published=True):
            # Reads weights, heads, names of products; keeps nothing.
            answer(base, QUESTION, now=timezone.now())
    except Exception:
        # Whatever is wrong is told to whoever asks; a server that cannot warm up still serves.
        log.warning("not_warmed_up", exc_info=True)
    finally:
        connection.close()
