"""Which parts of the installation answer right now."""

from __future__ import annotations

from collections.abc import Callable

from celery.signals import heartbeat_sent, worker_ready
from django.core.cache import cache
from django.db import Error, connection
from redis.exceptions import RedisError

WORKERS_KEY = "liveness:workers"
# Celery's workers beat every two seconds; ten misses and a worker counts as gone.
WORKER_SILENCE_SECONDS = 20


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def broker_answers() -> bool:
    try:
        cache.get(WORKERS_KEY)
    except (RedisError, OSError):
        return False
    return True


def worker_answers() -> bool:
    """Whether any Celery worker has given a sign of life lately."""
    try:
        return cache.get(WORKERS_KEY) is not None
    except (RedisError, OSError):
        return False


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "broker": broker_answers,
    "worker": worker_answers,
}


def note_worker_alive(**_: object) -> None:
    try:
        cache.set(WORKERS_KEY, 1, timeout=WORKER_SILENCE_SECONDS)
    except (RedisError, OSError):
        # A beat that cannot be written is a beat missed, which is what the check should see.
        return


def connect_worker_signals() -> None:
    for beat in (worker_ready, heartbeat_sent):
        beat.connect(note_worker_alive, weak=False, dispatch_uid="core.liveness")
