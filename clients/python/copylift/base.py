"""What both clients share: who they ask, and the events they queue."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypedDict

from copylift.errors import CopyliftError
from copylift.messages import Queue, identify_message, track_message
from copylift.retries import Retries

OnTrouble = Callable[[CopyliftError | list[dict[str, Any]]], None]
SLOW_SECONDS = 30.0


class Options(TypedDict, total=False):
    """The arguments of `Base` that have defaults."""

    timeout: float
    retries: Retries | None
    flush_seconds: float
    queue_length: int
    on_trouble: OnTrouble | None


class Base:
    """One server and one key.

    Events are sent in the background; `close`, or the end of a `with` block, sends the rest.
    `on_trouble` hears of events that wait longer because the server is away, of batches it refused,
    and of single events it rejected.

    Args:
        key: An API key with the scopes of what is asked.
        timeout: Seconds for one try of a question; many at once and events may take 30.
        retries: When to try again.
        flush_seconds: How long an event waits for company.
        queue_length: How many events may wait.
        on_trouble: Called with an error, or with the server's list of rejections.
    """

    def __init__(
        self,
        key: str,
        *,
        timeout: float = 2.0,
        retries: Retries | None = None,
        flush_seconds: float = 0.5,
        queue_length: int = 10_000,
        on_trouble: OnTrouble | None = None,
    ) -> None:
        self._key, self._timeout = key, timeout
        self._headers = {"Authorization": f"Bearer {key}"}
        self._retries = retries or Retries()
        self._flush_seconds = flush_seconds
        self._queue = Queue(most=queue_length)
        self._on_trouble = on_trouble

    def track(
        self,
        contact: str,
        event: str,
        properties: Mapping[str, Any] | None = None,
        *,
        at: datetime | None = None,
        message_id: str | None = None,
    ) -> None:
        """Queue what somebody did.

        Raises:
            QueueFull: As many wait as may.
        """
        self._put(track_message(contact, event, properties or {}, at=at, message_id=message_id))

    def identify(
        self,
        contact: str,
        traits: Mapping[str, Any],
        *,
        at: datetime | None = None,
        message_id: str | None = None,
    ) -> None:
        """Queue what is known of somebody.

        Raises:
            QueueFull: As many wait as may.
        """
        self._put(identify_message(contact, traits, at=at, message_id=message_id))

    def _put(self, message: Mapping[str, Any]) -> None:
        self._queue.put(message)
        self._wake()

    def _wake(self) -> None:
        raise NotImplementedError

    def _tell(self, trouble: CopyliftError | list[dict[str, Any]] | None) -> None:
        if trouble and self._on_trouble is not None:
            # A listener that fails must not end the sending.
            with contextlib.suppress(Exception):
                self._on_trouble(trouble)
