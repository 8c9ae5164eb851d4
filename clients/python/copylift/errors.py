"""What can go wrong.

CopyliftError
├── Refused            asking again will not help: mend the question
│   └── Unauthorized   mend the key, or its scope
├── Unavailable        tried again and again, in vain; later it may work
│   └── RateLimited    the key asks more than it may
└── QueueFull          events are made faster than they can be sent
"""

from __future__ import annotations


class CopyliftError(Exception):
    """Anything this client raises on its own account."""


class Refused(CopyliftError):
    """The server says why, in `code` and the message; `field` names what is wrong."""

    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.field = status, code, field


class Unauthorized(Refused):
    """The key is unknown, expired, revoked, or lacks the scope."""


class Unavailable(CopyliftError):
    """No usable answer after the last try; `retry_after` is the server's, in seconds."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimited(Unavailable):
    """429 at the last try."""


class QueueFull(CopyliftError):
    """The event was not taken: wait, or make the queue longer."""
