"""What GrowthBook's SDKs ask for: the features, changes as they come, and remote evaluation."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from redis.exceptions import RedisError

from campaigns import live_plans
from campaigns.api.answers import NAME_CHARACTERS_MAX, answer, body_of, object_in
from campaigns.api.ofrep import Refused, asker_of, is_known, open_to_pages
from campaigns.flags import evaluate_all
from campaigns.growthbook_payload import feature
from campaigns.personalise import breaker
from core import broadcasts
from core.errors import InputRefused

POLL_SECONDS = 60
STREAM_SECONDS = 55.0
HEARTBEAT_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 3.0
DATE_KEPT_SECONDS = 30 * 86_400

# A stream holds a thread of the web server for as long as it lasts.
_streams = threading.BoundedSemaphore(max(1, settings.FLAG_STREAMS))
_changed = threading.Condition()


@open_to_pages
def features_view(request: HttpRequest, *, client_key: str) -> HttpResponse:
    """The payload, or 304 for a client that has it."""
    _check(request, "GET", client_key)
    body, tag = payload()
    if is_known(request, tag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = f"private, max-age={POLL_SECONDS // 2}"
    if settings.FLAG_STREAMS:
        response["x-sse-support"] = "enabled"
        response["Access-Control-Expose-Headers"] = "ETag, x-sse-support"
    return response


@open_to_pages
def eval_view(request: HttpRequest, *, client_key: str) -> HttpResponse:
    """Features with values only, decided here for the attributes that were sent."""
    asker = _check(request, "POST", client_key)
    try:
        attributes = object_in(body_of(request)).get("attributes")
    except InputRefused as refused:
        raise Refused(400, {"code": "invalid_request", "message": str(refused)}) from refused
    unit = attributes.get("id") if isinstance(attributes, dict) else None
    if not isinstance(unit, str) or not 0 < len(unit) <= NAME_CHARACTERS_MAX or "\x00" in unit:
        message = f"attributes.id: give the contact's id, at most {NAME_CHARACTERS_MAX} characters"
        raise Refused(400, {"code": "invalid_request", "message": message})
    flags = evaluate_all(unit, now=timezone.now(), is_private=asker.is_private)
    return answer(
        {
            "features": {
                flag.key: {"defaultValue": {"arm": flag.variant, "content": flag.value}}
                for flag in flags
            },
            "dateUpdated": timezone.now(),
        }
    )


@open_to_pages
def stream_view(request: HttpRequest, *, client_key: str) -> HttpResponseBase:
    """Server-sent events: the payload now, and again whenever it changes, for under a minute.

    SDKs come back by themselves. Without a free place the answer is 503, upon which they poll.
    """
    _check(request, "GET", client_key)
    if not settings.FLAG_STREAMS or not _streams.acquire(blocking=False):
        raise Refused(503, {"message": "no free stream: poll"}, **{"Retry-After": "60"})
    response = StreamingHttpResponse(_Stream(), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def payload() -> tuple[bytes, str]:
    """The features of all campaigns in use, and the ETag.

    SDKs take a payload in only if `dateUpdated` is another one than before, so the date is that of
    the first time anybody saw this very content.
    """
    try:
        plans = [live_plans.current(key) for key in live_plans.keys_in_use()]
    except (DatabaseError, InterfaceError) as error:
        breaker.trip()
        down = {"message": "the database does not answer"}
        raise Refused(503, down, **{"Retry-After": "5"}) from error
    features = {plan.campaign_key: feature(plan) for plan in plans if plan is not None}
    digest = hashlib.sha256(orjson.dumps(features, option=orjson.OPT_SORT_KEYS)).hexdigest()
    body: dict[str, Any] = {
        "features": features,
        "experiments": [],
        "savedGroups": {},
        "dateUpdated": _first_seen(digest),
    }
    return orjson.dumps(body), f'"{digest[:32]}"'


_seen: dict[str, str] = {}


def _first_seen(digest: str) -> str:
    if digest not in _seen:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        try:
            kept = cache.get_or_set(f"flags:{digest}", now, timeout=DATE_KEPT_SECONDS)
        except (RedisError, OSError):
            kept = now
        # Only the present one: contents come and go.
        _seen.clear()
        _seen[digest] = str(kept or now)
    return _seen.get(digest) or datetime.now(UTC).isoformat(timespec="milliseconds")


class _Stream:
    """The pieces of one stream; its place is free again when the server closes it."""

    def __init__(self) -> None:
        self._pieces = _events()
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            _streams.release()


def _events() -> Iterator[bytes]:
    ends = time.monotonic() + STREAM_SECONDS
    beat = time.monotonic()
    tag = ""
    while True:
        try:
            body, new_tag = payload()
        except Refused:
            return
        if new_tag != tag:
            tag, beat = new_tag, time.monotonic()
            yield b"event: features\ndata: " + body + b"\n\n"
        elif time.monotonic() - beat >= HEARTBEAT_SECONDS:
            beat = time.monotonic()
            yield b": still here\n\n"
        if time.monotonic() >= ends:
            return
        with _changed:
            _changed.wait(min(LOOK_AGAIN_SECONDS, max(0.0, ends - time.monotonic())))


def _note_change(_: str | None) -> None:
    with _changed:
        _changed.notify_all()


def _check(request: HttpRequest, method: str, client_key: str) -> Any:
    if request.method != method:
        raise Refused(405, {"message": f"ask with {method}"}, Allow=method)
    return asker_of(client_key)


broadcasts.on_announcement(live_plans.TOPIC, _note_change)
