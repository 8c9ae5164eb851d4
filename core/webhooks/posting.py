"""One POST to an address that somebody typed in: never inward, never redirected, never for long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.errors import CopyliftError
from core.fetching import Target, judge

SECONDS_MAX = 20.0
ANSWER_BYTES_KEPT = 500
AGENT = "Copylift-Webhooks"


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of it. `status` None: no answer, and `error` says why."""

    status: int | None
    seconds: float
    error: str = ""
    answer: str = ""
    retry_after: str = ""


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS_MAX
) -> Posted:
    """Post `body`; every outcome is an answer, none an exception."""
    started = time.monotonic()
    try:
        response, answer = _answered(judge(url), body, headers, started + seconds)
    except (CopyliftError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        taken = time.monotonic() - started
        words = f"no answer within {seconds:g} seconds" if taken >= seconds else str(error)
        return Posted(None, taken, error=(words or type(error).__name__)[:300])
    return Posted(
        response.status_code,
        time.monotonic() - started,
        answer=answer.decode(errors="replace").replace("\x00", "")[:ANSWER_BYTES_KEPT],
        retry_after=response.headers.get("retry-after", ""),
    )


def _answered(
    target: Target, body: bytes, headers: Mapping[str, str], ends: float
) -> tuple[httpx.Response, bytes]:
    # trust_env off: a proxy of the environment would resolve the name a second time.
    with (
        httpx.Client(trust_env=False, follow_redirects=False) as client,
        _deadline(ends) as note,
    ):
        # To the very address that was judged; the certificate is checked against the name.
        request = client.build_request(
            "POST",
            httpx.URL(target.url).copy_with(host=target.addresses[0]),
            content=body,
            headers={
                **headers,
                "Host": urlsplit(target.url).netloc,
                "User-Agent": AGENT,
                "Content-Type": "application/json",
            },
            timeout=max(ends - time.monotonic(), 0.001),
            extensions={"sni_hostname": target.host, "trace": note},
        )
        response = client.send(request, stream=True)
        try:
            return response, _beginning(response)
        finally:
            response.close()


def _beginning(response: httpx.Response) -> bytes:
    """As much of the answer as the log keeps; how it ends is of no interest."""
    kept = b""
    with suppress(httpx.HTTPError):
        # Raw: unpacking is what a hostile answer would like us to do.
        for chunk in response.iter_raw():
            kept += chunk
            if len(kept) >= ANSWER_BYTES_KEPT:
                break
    return kept[:ANSWER_BYTES_KEPT]


@contextmanager
def _deadline(ends: float) -> Iterator[Any]:
    """Ends the connection when time is up: each read has a limit of its own, but not their sum."""
    sockets: list[socket.socket] = []

    def note(event: str, details: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            sockets.append(details["return_value"].get_extra_info("socket"))

    def end() -> None:
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(ends - time.monotonic(), 0.001), end)
    timer.daemon = True
    timer.start()
    try:
        yield note
    finally:
        timer.cancel()
