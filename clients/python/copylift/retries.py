"""When to try again, and how long to wait first."""

from __future__ import annotations

import random
from dataclasses import dataclass

import httpx

from copylift.errors import CopyliftError, RateLimited, Refused, Unauthorized, Unavailable

TRY_AGAIN = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retries:
    """So many tries; before each but the first a random wait that doubles at most.

    Args:
        tries: All of them, the first included.
        first_seconds: The longest wait before the second try.
        longest_seconds: No wait is longer; a longer `Retry-After` ends the trying at once.
    """

    tries: int = 4
    first_seconds: float = 0.2
    longest_seconds: float = 10.0

    def wait_after(
        self, tried: int, failure: CopyliftError, rng: random.Random | None = None
    ) -> float:
        """Seconds to wait after so many tries.

        Raises:
            CopyliftError: The failure itself, where another try is no use.
        """
        asked = failure.retry_after if isinstance(failure, Unavailable) else 0.0
        if isinstance(failure, Refused) or tried >= self.tries or asked > self.longest_seconds:
            raise failure
        most = min(self.longest_seconds, self.first_seconds * 2 ** (tried - 1))
        jitter = (rng or random).uniform(0.0, most)
        return min(self.longest_seconds, asked + jitter) if asked else jitter


def failure_in(response: httpx.Response) -> CopyliftError | None:
    """What is wrong with the answer; None: nothing."""
    if response.status_code == 200:
        return None
    code, message, field = _said(response)
    if response.status_code in TRY_AGAIN:
        kind = RateLimited if response.status_code == 429 else Unavailable
        return kind(f"{response.status_code} {code}: {message}", _retry_after(response))
    refusal = Unauthorized if response.status_code == 401 else Refused
    return refusal(response.status_code, code, message, field)


def unreachable(error: httpx.TransportError) -> Unavailable:
    return Unavailable(f"no answer: {error!r}")


def _said(response: httpx.Response) -> tuple[str, str, str]:
    try:
        body = response.json()
    except ValueError:
        body = None
    said = body if isinstance(body, dict) else {}
    code = said.get("code") or said.get("errorCode") or "error"
    message = said.get("message") or said.get("errorDetails") or response.text[:200]
    return str(code), str(message), str(said.get("field", ""))


def _retry_after(response: httpx.Response) -> float:
    try:
        return max(0.0, float(response.headers.get("Retry-After", "0")))
    except ValueError:
        return 0.0
