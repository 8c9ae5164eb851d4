"""Ask Copylift which copy a contact gets, and tell it what people did."""

from copylift.answers import Decision, Flag, LineRefused
from copylift.async_client import AsyncCopylift
from copylift.client import Copylift
from copylift.errors import (
    CopyliftError,
    QueueFull,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)
from copylift.local import LocalFlags
from copylift.retries import Retries

__all__ = [
    "AsyncCopylift",
    "Copylift",
    "CopyliftError",
    "Decision",
    "Flag",
    "LineRefused",
    "LocalFlags",
    "QueueFull",
    "RateLimited",
    "Refused",
    "Retries",
    "Unauthorized",
    "Unavailable",
]
