"""HTTP to a chat-completions server: retried with jitter, errors told apart by what cures them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.errors import ServiceUnavailable
from inference.generators import GeneratorUnusable, never_stop

ATTEMPTS = 5
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class RequestRefused(Exception):
    """The server understands the request and refuses it: something in it is not supported."""


class Stopped(Exception):
    """The asker wants no more."""


@dataclass
class ChatClient:
    """Calls one server, or one balancer in front of several.

    Attributes:
        url: Its address; `/v1` is added where there is no path.
        api_key: Sent as a bearer token where given.
        timeout: Seconds for one answer.
        concurrency: Connections kept.
        wait: How to wait; in tests, not.
    """

    url: str
    api_key: str = ""
    timeout: float = 120.0
    concurrency: int = 16
    wait: Callable[[float], None] = time.sleep
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise GeneratorUnusable(
                f"GENERATOR is 'openai:{self.url}', which holds no address: set it to something "
                "like 'openai:http://gpu-1:8000/v1'"
            )
        base = self.url.rstrip("/") if parts.path.strip("/") else f"{self.url.rstrip('/')}/v1"
        headers = {"authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        self._http = httpx.Client(
            base_url=base,
            headers=headers,
            limits=httpx.Limits(max_connections=self.concurrency),
        )

    def get(self, path: str) -> dict[str, Any]:
        return self._call("GET", path, None, never_stop, self.timeout)

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        should_stop: Callable[[], bool] = never_stop,
        seconds: float = 0.0,
    ) -> dict[str, Any]:
        """Post JSON, get JSON; `seconds` is how long to wait where that is less than usual.

        Raises:
            GeneratorUnusable: The key or the address is wrong.
            RequestRefused: The server refuses what is asked.
            ServiceUnavailable: It does not answer properly, time after time.
            Stopped: `should_stop` became true while waiting.
        """
        return self._call("POST", path, body, should_stop, seconds or self.timeout)

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        should_stop: Callable[[], bool],
        seconds: float,
    ) -> dict[str, Any]:
        limit = httpx.Timeout(seconds, connect=min(10.0, seconds))
        trouble = ""
        for attempt in range(ATTEMPTS):
            pause = None
            try:
                answer = self._http.request(method, path, json=body, timeout=limit)
            except httpx.TransportError as error:
                trouble = f"{type(error).__name__} {error}".strip()
            else:
                if answer.status_code not in _RETRIED:
                    found = self._read(answer)
                    if found is not None:
                        return found
                trouble = f"status {answer.status_code}: {answer.text[:200]}"
                pause = _retry_after(answer)
            if attempt < ATTEMPTS - 1:
                self._pause(attempt, pause, should_stop)
        raise ServiceUnavailable(
            f"The server of GENERATOR 'openai:{self.url}' failed {ATTEMPTS} times, last with: "
            f"{trouble}. Start it, or raise GENERATOR_TIMEOUT_SECONDS ({self.timeout:g}) if it is "
            "slow"
        )

    def _read(self, answer: httpx.Response) -> dict[str, Any] | None:
        """The answer's JSON object; None where it is none and another try may help."""
        status, said = answer.status_code, answer.text[:300]
        if status in {401, 403}:
            raise GeneratorUnusable(
                f"The server of GENERATOR 'openai:{self.url}' refuses the key ({status}): set "
                "GENERATOR_API_KEY"
            )
        if status == 404:
            raise GeneratorUnusable(
                f"The server of GENERATOR 'openai:{self.url}' knows no such address or model "
                f"(404): set GENERATOR_MODEL to one it serves, or correct the address. It said: "
                f"{said}"
            )
        if answer.is_error:
            raise RequestRefused(f"{status}: {said}")
        try:
            found = answer.json()
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def _pause(self, attempt: int, asked: float | None, should_stop: Callable[[], bool]) -> None:
        # Full jitter: many workers refused at once must not come back at once.
        wait = random.uniform(0, FIRST_WAIT * 2**attempt)  # noqa: S311 (spreads load)
        if asked is not None:
            wait += min(asked, LONGEST_WAIT)
        while wait > 0:
            if should_stop():
                raise Stopped
            self.wait(min(wait, 0.25))
            wait -= 0.25


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds the server asks to wait, given as a number or as a date."""
    given = answer.headers.get("retry-after", "")
    try:
        return max(0.0, float(given))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - time.time())
    except ValueError:
        return None
