"""Answers of the doors: JSON that clients of every kind can read, and no redirect, ever."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from core.errors import ServiceUnavailable
from core.key_checks import LiveKey, live_key
from core.models import ApiKey
from core.rate_limits import seconds_to_wait

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 5
# Browsers send events from the shop's pages; the key is in the body, and no cookie is looked at.
FROM_ANY_PAGE = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT = {
    **FROM_ANY_PAGE,
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding",
    "Access-Control-Max-Age": "86400",
}

View = Callable[..., HttpResponse]


class Answer(Exception):
    """An answer other than success."""

    def __init__(
        self, status: int, code: str, message: str, *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = headers or {}


def door(view: View) -> View:
    """Let in POST alone, without a CSRF token, and answer every refusal as `{code, message}`."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT)
        try:
            if request.method != "POST":
                raise Answer(
                    405,
                    "method_not_allowed",
                    "send it by POST",
                    headers={"Allow": "POST, OPTIONS"},
                )
            response = view(request, **kwargs)
        except Answer as answer:
            response = JsonResponse(
                {"code": answer.code, "message": answer.message},
                status=answer.status,
                headers=answer.headers,
            )
        except (OperationalError, InterfaceError, ServiceUnavailable):
            log.exception("events_not_stored")
            response = JsonResponse(
                {"code": "unavailable", "message": "the event log does not answer; send it again"},
                status=503,
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            )
        for name, value in FROM_ANY_PAGE.items():
            response.headers[name] = value
        return response

    return answered


def key_among(secrets: Iterator[str], **answer_headers: str) -> LiveKey:
    """The first live key for events among what a request gives, if it may ask just now."""
    for secret in dict.fromkeys(secrets):
        key = live_key(secret, scope=ApiKey.Scope.EVENTS)
        if key is not None:
            _check_rate(key)
            return key
    raise Answer(
        401,
        "invalid_key",
        "no live API key with the scope events: make one in the admin",
        headers=answer_headers,
    )


def _check_rate(key: LiveKey) -> None:
    wait = seconds_to_wait(key.id, key.requests_per_minute)
    if wait:
        raise Answer(
            429,
            "rate_limited",
            f"this key may send {key.requests_per_minute:,} requests a minute; come back later",
            headers={"Retry-After": str(wait)},
        )


def header_secrets(request: HttpRequest) -> Iterator[str]:
    """The keys an `Authorization` header may mean: Bearer, Basic with the key as user or as
    password, and the bare key, with or without the word Basic, as Dittofeed's client sends it.
    """
    header = request.headers.get("Authorization", "").strip()
    if not header.isascii():
        return
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() == "basic":
        with suppress(binascii.Error, UnicodeDecodeError):
            user, _, word = (
                base64.b64decode(credentials, validate=True).decode("ascii").partition(":")
            )
            yield user
            yield word
    if scheme.lower() in ("basic", "bearer"):
        yield credentials.strip()
    else:
        yield header
