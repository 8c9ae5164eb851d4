"""Checking the key of every request without asking the database every time.

A live key is kept in mind for `KEY_SECONDS`, by its digest: a key itself is kept nowhere. A revoked
one is forgotten as soon as the process hears of it (`core.broadcasts`), else when that time is
over. While the database is down, a key that was live goes on opening its door.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.utils import timezone

from core import broadcasts
from core.api_keys import TOPIC, api_key_for
from core.errors import ServiceUnavailable

KEY_SECONDS = 10.0
KEYS_KEPT = 1_000
BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class LiveKey:
    """What a door needs to know of a key."""

    id: int
    prefix: str
    requests_per_minute: int | None


_seen: dict[tuple[str, bytes], tuple[float, LiveKey]] = {}


def bearer_of(request: HttpRequest) -> str:
    """What stands behind “Authorization: Bearer”; empty: nothing."""
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    return header[len(BEARER) :].strip() if header[: len(BEARER)].lower() == BEARER else ""


def live_key(
    secret: str, *, scope: str, may_ask: Callable[[], bool] = lambda: True
) -> LiveKey | None:
    """The live key with this secret and scope; None: there is none.

    `may_ask` says whether the database is to be asked at all.

    Raises:
        ServiceUnavailable: The key is not in mind and the database does not answer.
    """
    if not secret:
        return None
    place = (scope, hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest())
    seen = _seen.get(place)
    if seen is not None and time.monotonic() - seen[0] < KEY_SECONDS:
        return seen[1]
    try:
        found = _asked(secret, scope=scope, may_ask=may_ask)
    except ServiceUnavailable:
        if seen is not None:
            return seen[1]
        raise
    _remember(place, found)
    return found


def forget_keys() -> None:
    _seen.clear()


def _asked(secret: str, *, scope: str, may_ask: Callable[[], bool]) -> LiveKey | None:
    down = "the key cannot be checked: the database does not answer"
    if not may_ask():
        raise ServiceUnavailable(down)
    if "\x00" in secret or not secret.isascii():
        return None
    try:
        key = api_key_for(secret, scope=scope, now=timezone.now())
    except (DatabaseError, InterfaceError) as error:
        raise ServiceUnavailable(down) from error
    if key is None:
        return None
    return LiveKey(id=key.pk, prefix=key.prefix, requests_per_minute=key.requests_per_minute)


def _remember(place: tuple[str, bytes], key: LiveKey | None) -> None:
    if key is None:
        _seen.pop(place, None)
        return
    if len(_seen) >= KEYS_KEPT:
        _seen.clear()
    _seen[place] = (time.monotonic(), key)


def _forget_announced(key_id: str | None) -> None:
    """The key changed: ask again, and still know it should the database be down by then."""
    for place, (_, key) in list(_seen.items()):
        if key_id is None or str(key.id) == key_id:
            _seen[place] = (-math.inf, key)


broadcasts.on_announcement(TOPIC, _forget_announced)
