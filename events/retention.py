"""How long events are needed: apps that still read old ones register in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

# When the oldest event happened that the app still reads; None: it reads no particular past.
Need = Callable[[], datetime | None]

_needs: dict[str, Need] = {}


def register_need(name: str, need: Need) -> None:
    """`name` says, in words for the owner, what needs the events."""
    _needs[name] = need


def needed_since() -> dict[str, datetime]:
    """What needs old events, and since when."""
    told = {name: need() for name, need in sorted(_needs.items())}
    return {name: since for name, since in told.items() if since is not None}
