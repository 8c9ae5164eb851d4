"""The door for events: `POST /v1/batch|track|identify|page|screen|group|alias`, Segment's shape.

Its clients decide what shapes the answers: they take a redirect for success, some retry anything
but exactly 200, and some fail on an error body without `code` and `message`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone

from core.key_checks import LiveKey
from events.api.answers import Answer, door, header_secrets, key_among
from events.incoming import (
    KINDS,
    LARGEST_EVENT,
    EventRefused,
    IncomingEvent,
    parse_event,
    parse_json,
)
from events.known_networks import known_networks
from events.services import RefusedMessage, batch_store

LARGEST_BATCH = 500 * 1024
# Real messages reach the limit of bytes first; this is about a list of a hundred thousand nothings.
MOST_MESSAGES = 10_000
REASONS_SHOWN = 20
# What browsers' clients call the same.
SHORT = {"t": "track", "i": "identify", "p": "page", "g": "group", "s": "screen", "a": "alias"}


@door
def batch(request: HttpRequest) -> JsonResponse:
    """Store what can be stored of a batch; what cannot is kept as a rejection, and counted."""
    body = _body(request, limit=LARGEST_BATCH)
    key = _key(request, body)
    messages = body.get("batch")
    if not isinstance(messages, list):
        raise Answer(400, "invalid_request", "batch must be a list of messages")
    if len(messages) > MOST_MESSAGES:
        raise Answer(413, "too_large", f"send no more than {MOST_MESSAGES:,} messages at once")
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
    now, networks = timezone.now(), known_networks()
    events: list[IncomingEvent] = []
    refused: list[RefusedMessage] = []
    for position, message in enumerate(messages):
        try:
            event = parse_event(
                message, now=now, sent_at=sent_at, position=position, networks=networks
            )
            events.append(event)
        except EventRefused as reason:
            refused.append(RefusedMessage(position, str(reason), message))
    return events, refused


@door
def single(request: HttpRequest, *, kind: str) -> JsonResponse:
    """Store one event, or say why not."""
    body = _body(request, limit=2 * LARGEST_EVENT)
    key = _key(request, body)
    message = {name: value for name, value in body.items() if name != "writeKey"}
    try:
        event = parse_event(message, now=timezone.now(), kind=kind, networks=known_networks())
    except EventRefused as refused:
        raise Answer(400, "invalid_event", str(refused)) from None
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
        raise Answer(400, "invalid_request", str(refused)) from None
    if not isinstance(body, dict):
        raise Answer(400, "invalid_request", "the body must be a JSON object")
    return body


def _unpacked(sent: bytes, *, limit: int) -> bytes:
    """The body unpacked, never more than the limit: a few kilobytes can stand for gigabytes."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = unpacker.decompress(sent, limit + 1)
    except zlib.error:
        raise Answer(400, "invalid_request", "the body is not gzip") from None
    if len(body) > limit:
        raise _too_large(limit)
    if not unpacker.eof:
        raise Answer(400, "invalid_request", "the gzip body is cut off")
    return body


def _too_large(limit: int) -> Answer:
    return Answer(413, "too_large", f"the body is larger than {limit:,} bytes; send it in parts")


def _key(request: HttpRequest, body: dict[str, Any]) -> LiveKey:
    return key_among(_secrets(request, body))


def _secrets(request: HttpRequest, body: dict[str, Any]) -> Iterator[str]:
    """The keys a request may mean, wherever its client puts them."""
    yield from header_secrets(request)
    write_key = body.get("writeKey")
    if isinstance(write_key, str) and write_key.isascii():
        yield write_key


@door
def measured(request: HttpRequest) -> JsonResponse:
    """Segment's browser client reports on itself; it is thanked, and nothing is kept."""
    request.read(LARGEST_BATCH)
    return JsonResponse({"success": True})


_BY_KIND = [path(kind, single, {"kind": kind}, name=f"events-{kind}") for kind in KINDS]
urlpatterns = [
    path("batch", batch, name="events-batch"),
    *_BY_KIND,
    path("b", batch, name="events-batch-short"),
    path("m", measured, name="events-measured"),
    *[path(short, single, {"kind": kind}) for short, kind in SHORT.items()],
]
dittofeed_urlpatterns = [path("batch", batch), *_BY_KIND]
