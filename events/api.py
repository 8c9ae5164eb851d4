"""The door for events: `POST /v1/batch|track|identify|page|screen|group|alias`, Segment's shape.

Its clients decide what shapes the answers: they take a redirect for success, some retry anything
but exactly 200, and some fail on an error body without `code` and `message`.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from core.api_keys import api_key_for
from core.models import ApiKey
from events.incoming import (
    KINDS,
    LARGEST_EVENT,
    EventRefused,
    IncomingEvent,
    parse_event,
    parse_json,
)
from events.services import RefusedMessage, batch_store

log = structlog.get_logger(__name__)

LARGEST_BATCH = 500 * 1024
# Real messages reach the limit of bytes first; this is about a list of a hundred thousand nothings.
MOST_MESSAGES = 10_000
RETRY_AFTER_SECONDS = 5
REASONS_SHOWN = 20

View = Callable[..., JsonResponse]


class _Answer(Exception):
    """An answer other than success."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def _door(view: View) -> View:
    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, **kwargs: Any) -> JsonResponse:
        try:
            if request.method != "POST":
                raise _Answer(405, "method_not_allowed", "send it by POST")
            return view(request, **kwargs)
        except _Answer as answer:
            return JsonResponse(
                {"code": answer.code, "message": answer.message}, status=answer.status
            )
        except (OperationalError, InterfaceError):
            log.exception("events_not_stored")
            return JsonResponse(
                {"code": "unavailable", "message": "the event log does not answer; send it again"},
                status=503,
                headers={"Retry-After": RETRY_AFTER_SECONDS},
            )

    return answered


@_door
def batch(request: HttpRequest) -> JsonResponse:
    """Store what can be stored of a batch; what cannot is kept as a rejection, and counted."""
    body = _body(request, limit=LARGEST_BATCH)
    key = _key(request, body)
    messages = body.get("batch")
    if not isinstance(messages, list):
        raise _Answer(400, "invalid_request", "batch must be a list of messages")
    if len(messages) > MOST_MESSAGES:
        raise _Answer(413, "too_large", f"send no more than {MOST_MESSAGES:,} messages at once")
    events, refused = _parsed(messages, sent_at=body.get("sentAt"))
    result = batch_store(events, refused, source=key.prefix)
    return JsonResponse(
        {
            "success": True,
            "stored": result.stored,
            "duplicates": result.duplicates,
            "rejected": len(refused),
            "rejections": [
                {"position": each.position, "reason": each.reason}
                for each in refused[:REASONS_SHOWN]
            ],
        }
    )


def _parsed(
    messages: list[object], *, sent_at: object
) -> tuple[list[IncomingEvent], list[RefusedMessage]]:
    now = timezone.now()
    events, refused = [], []
    for position, message in enumerate(messages):
        try:
            events.append(parse_event(message, now=now, sent_at=sent_at, position=position))
        except EventRefused as reason:
            refused.append(RefusedMessage(position, str(reason), message))
    return events, refused


@_door
def single(request: HttpRequest, *, kind: str) -> JsonResponse:
    """Store one event, or say why not."""
    body = _body(request, limit=2 * LARGEST_EVENT)
    key = _key(request, body)
    message = {name: value for name, value in body.items() if name != "writeKey"}
    try:
        event = parse_event(message, now=timezone.now(), kind=kind)
    except EventRefused as refused:
        raise _Answer(400, "invalid_event", str(refused)) from None
    result = batch_store([event], [], source=key.prefix)
    return JsonResponse({"success": True, "stored": result.stored, "duplicates": result.duplicates})


def _body(request: HttpRequest, *, limit: int) -> dict[str, Any]:
    sent = request.read(limit + 1)
    if len(sent) > limit:
        raise _too_large(limit)
    if "gzip" in request.headers.get("Content-Encoding", "").lower():
        sent = _unpacked(sent, limit=limit)
    try:
        body = parse_json(sent)
    except EventRefused as refused:
        raise _Answer(400, "invalid_request", str(refused)) from None
    if not isinstance(body, dict):
        raise _Answer(400, "invalid_request", "the body must be a JSON object")
    return body


def _unpacked(sent: bytes, *, limit: int) -> bytes:
    """The body unpacked, never more than the limit: a few kilobytes can stand for gigabytes."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = unpacker.decompress(sent, limit + 1)
    except zlib.error:
        raise _Answer(400, "invalid_request", "the body is not gzip") from None
    if len(body) > limit:
        raise _too_large(limit)
    if not unpacker.eof:
        raise _Answer(400, "invalid_request", "the gzip body is cut off")
    return body


def _too_large(limit: int) -> _Answer:
    return _Answer(413, "too_large", f"the body is larger than {limit:,} bytes; send it in parts")


def _key(request: HttpRequest, body: dict[str, Any]) -> ApiKey:
    now = timezone.now()
    for secret in dict.fromkeys(_secrets(request, body)):
        key = api_key_for(secret, scope=ApiKey.Scope.EVENTS, now=now)
        if key is not None:
            return key
    raise _Answer(
        401, "invalid_key", "no live API key with the scope events: make one in the admin"
    )


def _secrets(request: HttpRequest, body: dict[str, Any]) -> Iterator[str]:
    """The keys a request may mean, wherever its client puts them."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield credentials.strip()
    if scheme.lower() == "basic":
        with suppress(binascii.Error, UnicodeDecodeError):
            yield base64.b64decode(credentials, validate=True).decode("ascii").partition(":")[0]
    write_key = body.get("writeKey")
    if isinstance(write_key, str) and write_key.isascii():
        yield write_key


urlpatterns = [
    path("batch", batch, name="events-batch"),
    *[path(kind, single, {"kind": kind}, name=f"events-{kind}") for kind in KINDS],
]
