"""The client for asyncio. The same names as `copylift.Copylift`, to be awaited."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Self, Unpack

import httpx

from copylift.answers import Decision, Flag, LineRefused
from copylift.base import SLOW_SECONDS, Base, Options
from copylift.errors import CopyliftError, Refused
from copylift.local import LocalFlags
from copylift.messages import (
    BATCH_EVENTS,
    BULK,
    batch_body,
    lines_of,
    question,
)
from copylift.retries import failure_in, unreachable


class AsyncCopylift(Base):
    """The client for one event loop; `url` is where the server is, the
    rest as for `Base`. `track` and `identify` queue and need
    no await.
    """

    def __init__(self, url: str, key: str, **options: Unpack[Options]) -> None:
        super().__init__(key, **options)
        self._http = httpx.AsyncClient(base_url=url, headers=self._headers, timeout=SLOW_SECONDS)
        self._sending = asyncio.Lock()
        self._closed = asyncio.Event()
        self._enough = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def decide(
        self,
        campaign: str,
        contact: str | None = None,
        *,
        email: str | None = None,
        arm: str | None = None,
        delivery: str | None = None,
    ) -> Decision:
        asked = question(
            campaign=campaign, contact=contact, email=email, arm=arm, delivery=delivery
        )
        return Decision.of((await self._ask("POST", "/v1/decide", json=asked)).json())

    async def decide_many(
        self, campaign: str, contacts: Iterable[str | Mapping[str, Any]]
    ) -> AsyncIterator[Decision | LineRefused]:
        for lines in lines_of(contacts):
            params = {"campaign": campaign}
            answer = await self._ask(
                "POST", BULK, params=params, content=lines.body, timeout=SLOW_SECONDS
            )
            for decision in lines.decisions(answer):
                yield decision

    async def flag(self, key: str, contact: str) -> Flag:
        body = {"context": {"targetingKey": contact}}
        answer = await self._ask("POST", f"/ofrep/v1/evaluate/flags/{key}", json=body)
        return Flag.of(answer.json())

    async def flags(self, contact: str) -> dict[str, Flag]:
        body = {"context": {"targetingKey": contact}}
        answer = await self._ask("POST", "/ofrep/v1/evaluate/flags", json=body)
        found = answer.json()["flags"]
        return {one["key"]: Flag.of(one) for one in found if "errorCode" not in one}

    async def local_flags(self) -> LocalFlags:
        return LocalFlags((await self._ask("GET", f"/api/features/{self._key}")).json())

    async def flush(self) -> None:
        async with self._sending:
            while batch := self._queue.next_batch():
                body = batch_body(batch)
                try:
                    answer = await self._ask(
                        "POST", "/v1/batch", content=body, timeout=SLOW_SECONDS
                    )
                except Refused:
                    self._queue.sent(batch)
                    raise
                self._queue.sent(batch)
                self._tell(answer.json().get("rejections"))

    async def close(self) -> None:
        self._closed.set()
        self._enough.set()
        if self._sender is not None:
            await self._sender
        try:
            await self.flush()
        finally:
            await self._http.aclose()

    def _wake(self) -> None:
        if self._sender is None:
            self._sender = asyncio.get_running_loop().create_task(self._send())
        if len(self._queue) >= BATCH_EVENTS:
            self._enough.set()

    async def _send(self) -> None:
        while not self._closed.is_set():
            await _wait(self._enough, self._flush_seconds)
            self._enough.clear()
            try:
                await self.flush()
            except CopyliftError as error:
                self._tell(error)
                await _wait(self._closed, self._flush_seconds)

    async def _ask(
        self, method: str, path: str, *, timeout: float | None = None, **given: Any
    ) -> httpx.Response:
        tried = 0
        while True:
            failure: CopyliftError | None
            try:
                answer = await self._http.request(
                    method, path, timeout=timeout or self._timeout, **given
                )
                failure = failure_in(answer)
            except httpx.TransportError as error:
                failure = unreachable(error)
            if failure is None:
                return answer
            tried += 1
            await asyncio.sleep(self._retries.wait_after(tried, failure))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
