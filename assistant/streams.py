"""Streams that tell a chat at once that a person has answered: an ASGI application of its own.

The web server answers each request in one of a few threads, and a stream would hold one for as long
as somebody waits. Here a stream is a task of one thread, without a database: it carries no words,
only that there is something new, and the chat then asks the door that knows who may read it.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from assistant.stream_tickets import PATH, TOPIC, may_listen
from core.broadcasts import is_heard, on_announcement

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST = 2_000
# Tabs of one visitor; more is nobody who waits.
MOST_OF_ONE = 4
LIFE_SECONDS = 600.0
# Proxies give up on what is silent for a minute.
HEARTBEAT_SECONDS = 15.0
BUSY_SECONDS = 30

_PLAIN = [(b"content-type", b"text/plain; charset=utf-8")]
# A page that holds a ticket may read the stream, wherever it comes from.
_OPEN = [(b"access-control-allow-origin", b"*"), (b"cache-control", b"no-store")]
_STREAM = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]


class Streams:
    """The streams that this process holds, each with a bell."""

    def __init__(
        self,
        *,
        most: int = MOST,
        most_of_one: int = MOST_OF_ONE,
        life_seconds: float = LIFE_SECONDS,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self.count = 0
        self._most, self._most_of_one = most, most_of_one
        self._life, self._heartbeat = life_seconds, heartbeat_seconds
        self._bells: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None
        on_announcement(TOPIC, self._announced)
        is_heard()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self._loop = asyncio.get_running_loop()
        if scope["path"] == "/healthz":
            is_well = is_heard()
            await _say(send, 200 if is_well else 503, f"{self.count} streams")
        elif scope["path"] != PATH:
            await _say(send, 404, "there is nothing here")
        elif scope["method"] != "GET":
            await _say(send, 405, "ask with GET", (b"allow", b"GET"))
        else:
            await self._asked(_conversation_in(scope), receive, send)

    async def _asked(self, conversation: str, receive: Receive, send: Send) -> None:
        """Places are counted before the first await, so that none is given twice."""
        later = (b"retry-after", str(BUSY_SECONDS).encode())
        if not conversation:
            await _say(send, 403, "the address is no longer good: ask the conversation for another")
        elif self.count >= self._most or not is_heard():
            await _say(send, 503, "no stream is free: look now and then instead", later)
        elif len(self._bells[conversation]) >= self._most_of_one:
            await _say(send, 429, "this conversation has its streams already", later)
        else:
            await self._held(conversation, receive, send)

    async def _held(self, conversation: str, receive: Receive, send: Send) -> None:
        bell = asyncio.Event()
        self._bells[conversation].add(bell)
        self.count += 1
        listening = asyncio.ensure_future(_until_gone(receive))
        listening.add_done_callback(lambda _: bell.set())
        try:
            with suppress(OSError, RuntimeError):
                await self._rung(bell, listening, send)
        finally:
            self.count -= 1
            self._bells[conversation].discard(bell)
            if not self._bells[conversation]:
                del self._bells[conversation]
            listening.cancel()

    async def _rung(self, bell: asyncio.Event, listening: asyncio.Future[None], send: Send) -> None:
        """Until the chat is gone, the time is up, or nothing would be heard any more."""
        await send({"type": "http.response.start", "status": 200, "headers": [*_STREAM, *_OPEN]})
        await _write(send, b": open\n\n")
        clock = asyncio.get_running_loop().time
        # Else those that came together would all come again together.
        end = clock() + self._life * random.uniform(0.8, 1)  # noqa: S311 (no secret)
        while (left := end - clock()) > 0 and is_heard():
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), min(left, self._heartbeat))
            if listening.done():
                return
            is_news = bell.is_set()
            bell.clear()
            await _write(send, b"data: new\n\n" if is_news else b": still here\n\n")
        await send({"type": "http.response.body", "body": b""})

    def _announced(self, conversation: str | None) -> None:
        """Called in the thread that listens to Redis."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ring, conversation)

    def _ring(self, conversation: str | None) -> None:
        named = self._bells.get(conversation, ()) if conversation else self._all()
        for bell in named:
            bell.set()

    def _all(self) -> list[asyncio.Event]:
        return [bell for bells in self._bells.values() for bell in bells]


def _conversation_in(scope: Scope) -> str:
    """The conversation that the address lets somebody listen to; empty: none."""
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    conversation, until, seal = (
        asked.get(name, [""])[0] for name in ("conversation", "until", "seal")
    )
    return conversation if may_listen(conversation, until, seal, now=datetime.now(UTC)) else ""


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, status: int, text: str, *more: tuple[bytes, bytes]) -> None:
    headers = [*_PLAIN, *_OPEN, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
