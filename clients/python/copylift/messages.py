"""Questions and messages in the shape the doors want, the same for both clients."""

from __future__ import annotations

import json
import threading
import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import httpx

from copylift.answers import Decision, LineRefused
from copylift.errors import QueueFull, Unavailable

BATCH_EVENTS = 100
BATCH_BYTES = 400_000
LINES = 10_000
BULK = "/v1/decide/bulk"


@dataclass(frozen=True, slots=True)
class Lines:
    """One request of many contacts, and where in the whole list it begins."""

    first_line: int
    count: int
    body: bytes

    def decisions(self, answer: httpx.Response) -> Iterator[Decision | LineRefused]:
        """An answer for each line, in order.

        Raises:
            Unavailable: The answer was cut off.
        """
        lines = answer.content.splitlines()
        if len(lines) != self.count:
            raise Unavailable(f"{len(lines)} answers to {self.count} lines")
        for line in lines:
            said = json.loads(line)
            if "code" in said:
                yield LineRefused.of(said, first_line=self.first_line)
            else:
                yield Decision.of(said)


def lines_of(contacts: Iterable[str | Mapping[str, Any]]) -> Iterator[Lines]:
    """The contacts in requests of at most `LINES`; a contact is an id, or `{"contact", "arm"}`."""
    rest, first = iter(contacts), 1
    while few := list(islice(rest, LINES)):
        objects = [{"contact": one} if isinstance(one, str) else one for one in few]
        yield Lines(first, len(few), b"\n".join(json.dumps(one).encode() for one in objects))
        first += len(few)


def question(**given: str | None) -> dict[str, str]:
    return {name: value for name, value in given.items() if value is not None}


def track_message(
    contact: str, event: str, properties: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    return _message("track", contact, event=event, properties=dict(properties), **more)


def identify_message(contact: str, traits: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return _message("identify", contact, traits=dict(traits), **more)


def _message(
    kind: str, contact: str, *, at: datetime | None, message_id: str | None, **more: Any
) -> dict[str, Any]:
    # The id makes it safe to send again: the server stores it once.
    return {
        "type": kind,
        "userId": contact,
        "messageId": message_id or str(uuid.uuid4()),
        "timestamp": (at or datetime.now(UTC)).isoformat(),
        **more,
    }


class Queue:
    """Messages that wait to be sent. One that was taken for sending stays until `sent`."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._waiting: deque[bytes] = deque()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: Mapping[str, Any]) -> None:
        """Take a message.

        Raises:
            QueueFull: It holds as many as it may.
        """
        written = json.dumps(message).encode()
        with self._lock:
            if len(self._waiting) >= self._most:
                raise QueueFull(f"{self._most} events wait to be sent already")
            self._waiting.append(written)

    def next_batch(self) -> list[bytes]:
        """The oldest messages, as many as one request carries."""
        batch: list[bytes] = []
        size = 0
        with self._lock:
            for message in islice(self._waiting, BATCH_EVENTS):
                size += len(message) + 1
                if batch and size > BATCH_BYTES:
                    break
                batch.append(message)
        return batch

    def sent(self, batch: list[bytes]) -> None:
        with self._lock:
            for _ in batch:
                self._waiting.popleft()


def batch_body(batch: list[bytes]) -> bytes:
    return b'{"batch":[' + b",".join(batch) + b"]}"
