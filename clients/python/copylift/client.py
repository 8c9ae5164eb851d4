"""The client for programs with threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
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


class Copylift(Base):
    """The client for programs with threads, which may share it; `url` is where the server is, the
    rest as for `Base`."""

    def __init__(self, url: str, key: str, **options: Unpack[Options]) -> None:
        super().__init__(key, **options)
        self._http = httpx.Client(base_url=url, headers=self._headers, timeout=SLOW_SECONDS)
        self._sending = threading.Lock()
        self._starting = threading.Lock()
        self._closed = threading.Event()
        self._enough = threading.Event()
        self._sender: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def decide(
        self,
        campaign: str,
        contact: str | None = None,
        *,
        email: str | None = None,
        arm: str | None = None,
        delivery: str | None = None,
    ) -> Decision:
        """Which copy the contact gets; give `contact` or `email`. Asking again changes nothing."""
        asked = question(
            campaign=campaign, contact=contact, email=email, arm=arm, delivery=delivery
        )
        return Decision.of(self._ask("POST", "/v1/decide", json=asked).json())

    def decide_many(
        self, campaign: str, contacts: Iterable[str | Mapping[str, Any]]
    ) -> Iterator[Decision | LineRefused]:
        """A decision for each contact, in order; a few thousand are asked for at a time."""
        for lines in lines_of(contacts):
            params = {"campaign": campaign}
            answer = self._ask(
                "POST", BULK, params=params, content=lines.body, timeout=SLOW_SECONDS
            )
            yield from lines.decisions(answer)

    def flag(self, key: str, contact: str) -> Flag:
        """A campaign as a flag; the contact is in its test from now on."""
        body = {"context": {"targetingKey": contact}}
        return Flag.of(self._ask("POST", f"/ofrep/v1/evaluate/flags/{key}", json=body).json())

    def flags(self, contact: str) -> dict[str, Flag]:
        """All campaigns as flags; nobody is in a test by that."""
        body = {"context": {"targetingKey": contact}}
        found = self._ask("POST", "/ofrep/v1/evaluate/flags", json=body).json()["flags"]
        return {one["key"]: Flag.of(one) for one in found if "errorCode" not in one}

    def local_flags(self) -> LocalFlags:
        """What is needed to split without asking (extra `local`); fetch again now and then."""
        return LocalFlags(self._ask("GET", f"/api/features/{self._key}").json())

    def flush(self) -> None:
        """Send what waits; on return it is stored.

        Raises:
            Unavailable: The server is away; the events stay queued.
            Refused: It refused a batch, which is dropped; the rest stays queued.
        """
        with self._sending:
            while batch := self._queue.next_batch():
                try:
                    answer = self._ask(
                        "POST", "/v1/batch", content=batch_body(batch), timeout=SLOW_SECONDS
                    )
                except Refused:
                    self._queue.sent(batch)
                    raise
                self._queue.sent(batch)
                self._tell(answer.json().get("rejections"))

    def close(self) -> None:
        """Send the rest and end; raises what `flush` does."""
        self._closed.set()
        self._enough.set()
        if self._sender is not None:
            self._sender.join()
        try:
            self.flush()
        finally:
            self._http.close()

    def _wake(self) -> None:
        with self._starting:
            if self._sender is None:
                self._sender = threading.Thread(target=self._send, name="copylift", daemon=True)
                self._sender.start()
        if len(self._queue) >= BATCH_EVENTS:
            self._enough.set()

    def _send(self) -> None:
        while not self._closed.is_set():
            self._enough.wait(self._flush_seconds)
            self._enough.clear()
            try:
                self.flush()
            except CopyliftError as error:
                self._tell(error)
                self._closed.wait(self._flush_seconds)

    def _ask(
        self, method: str, path: str, *, timeout: float | None = None, **given: Any
    ) -> httpx.Response:
        tried = 0
        while True:
            failure: CopyliftError | None
            try:
                answer = self._http.request(method, path, timeout=timeout or self._timeout, **given)
                failure = failure_in(answer)
            except httpx.TransportError as error:
                failure = unreachable(error)
            if failure is None:
                return answer
            tried += 1
            time.sleep(self._retries.wait_after(tried, failure))
