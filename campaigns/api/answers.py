"""What all doors of this app share: how a question is read and an answer is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from campaigns.personalise import breaker
from core.errors import InputRefused, ServiceUnavailable
from core.key_checks import LiveKey, live_key
from core.models import ApiKey
from core.rate_limits import seconds_to_wait

BODY_BYTES_MAX = 64 * 1024
NAME_CHARACTERS_MAX = 200


def key_of(secret: str, *, scope: str = ApiKey.Scope.DECIDE) -> LiveKey | None:
    """The live key, checked without waiting for a database that is known to be down.

    Raises:
        ServiceUnavailable: It is, and the key was never seen here.
    """
    try:
        return live_key(secret, scope=scope, may_ask=breaker.is_closed)
    except ServiceUnavailable:
        if breaker.is_closed():
            breaker.trip()
        raise


def wait_of(secret: str, *, scope: str = ApiKey.Scope.DECIDE, requests: int = 1) -> int | None:
    """How many seconds the key's holder is to wait, 0 as a rule; None: no such key is live."""
    key = key_of(secret, scope=scope)
    if key is None:
        return None
    return seconds_to_wait(key.id, key.requests_per_minute, requests=requests)


def body_of(request: HttpRequest, *, most: int = BODY_BYTES_MAX) -> bytes:
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise InputRefused("the body could not be read, or is too large", field="body") from error
    if len(body) > most:
        raise InputRefused(f"the body is larger than {most} bytes", field="body")
    return body


def object_in(body: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputRefused(f"the body is not JSON: {error}", field="body") from error
    if not isinstance(given, dict):
        raise InputRefused("the body must be a JSON object", field="body")
    return given


def name_in(given: Mapping[str, Any], field: str) -> str:
    """A short text that must be there; a number is read as text."""
    value = given.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        raise InputRefused(f"{field}: give it as text", field=field)
    if len(value) > NAME_CHARACTERS_MAX or "\x00" in value:
        raise InputRefused(
            f"{field}: at most {NAME_CHARACTERS_MAX} characters, none of them NUL", field=field
        )
    return value


def optional_name_in(given: Mapping[str, Any], field: str) -> str:
    return name_in(given, field) if given.get(field) not in (None, "") else ""


def refusal(
    status: int,
    code: str,
    message: str,
    *,
    field: str = "",
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    named = {"field": field} if field else {}
    response = answer({"code": code, "message": message, **named}, status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def answer(payload: object, *, status: int = 200) -> HttpResponse:
    return written(orjson.dumps(payload), status=status)


def written(body: bytes, *, status: int = 200) -> HttpResponse:
    """JSON that no proxy and no tool may keep: the next contact's answer is another."""
    return HttpResponse(
        body,
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
