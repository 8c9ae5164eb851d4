"""Telling every process at once that something it may remember has changed.

Redis carries it, nobody waits for it, and it may get lost: who remembers something must forget it
by itself after a while too, and sooner while `is_heard` says no.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import redis
import structlog
from django.conf import settings
from django.db import transaction
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

CHANNEL = "copylift:broadcasts"
CONNECT_SECONDS = 1.0
SILENCE_SECONDS = 5.0
PAUSE_SECONDS = 1.0

# What a listener is called with: the thing that changed, or None: anything may have.
Listener = Callable[[str | None], None]

_listeners: dict[str, list[Listener]] = defaultdict(list)
_starting = threading.Lock()
_hearing = threading.Event()
_thread: threading.Thread | None = None


def announce(topic: str, what: str) -> None:
    """Tell every process, this one at once, as soon as the present transaction has committed."""
    transaction.on_commit(partial(_announce, topic, what), robust=True)


def on_announcement(topic: str, listener: Listener) -> None:
    """Call `listener` for each announcement; it must be quick and must not raise."""
    _listeners[topic].append(listener)


def is_heard() -> bool:
    """Whether this process would hear an announcement now. The first call starts listening."""
    if _thread is None:
        _start()
    return _hearing.is_set()


def _announce(topic: str, what: str) -> None:
    _tell(topic, what)
    try:
        _client().publish(CHANNEL, f"{topic} {what}")
    except (RedisError, OSError):
        log.warning("announcement_lost", topic=topic)


def _tell(topic: str, what: str | None) -> None:
    for listener in _listeners[topic]:
        listener(what)


def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=CONNECT_SECONDS,
    )


def _start() -> None:
    global _thread
    with _starting:
        if _thread is None:
            _thread = threading.Thread(target=_listen_forever, name="broadcasts", daemon=True)
            _thread.start()


def _listen_forever() -> None:
    pause = threading.Event()
    while True:
        try:
            _listen()
        except (RedisError, OSError):
            log.warning("broadcasts_unheard", exc_info=True)
        finally:
            _hearing.clear()
        pause.wait(PAUSE_SECONDS)


def _listen() -> None:
    with _client() as client, client.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(CHANNEL)
        channel.ping()
        # What was announced while nobody listened is not known.
        for topic in list(_listeners):
            _tell(topic, None)
        _hearing.set()
        while True:
            message = channel.get_message(timeout=SILENCE_SECONDS)
            if message is None:
                channel.ping()
            elif message["type"] == "message":
                topic, _, what = message["data"].decode().partition(" ")
                _tell(topic, what)
