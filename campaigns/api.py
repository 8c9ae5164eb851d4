"""`/v1/decide`: what an email tool calls at send time; documented in docs/reference/decide.md."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from campaigns.personalise import Decision, breaker, decide
from core.api_keys import api_key_for
from core.errors import InputRefused, ServiceUnavailable
from core.models import ApiKey

# A revoked key opens this door for so long at most, in each process.
KEY_SECONDS = 10.0
KEYS_KEPT = 1_000
BODY_BYTES_MAX = 64 * 1024
NAME_CHARACTERS_MAX = 200
BEARER = "bearer "
UNCHECKED = "the key cannot be checked: the database does not answer"

# By digest: a key itself is kept nowhere, not in memory either.
_keys_seen: dict[bytes, float] = {}


@dataclass(frozen=True)
class Question:
    campaign: str
    contact: str
    arm: str | None


@csrf_exempt
def decide_view(request: HttpRequest) -> HttpResponse:
    """Answer 200 to whoever holds a key and asks in the documented shape, whatever is broken."""
    if request.method not in ("GET", "POST"):
        return _refusal(405, "method_not_allowed", "ask with GET or POST", allow="GET, POST")
    try:
        if not _may_ask(request):
            return _refusal(
                401,
                "unauthorized",
                "send “Authorization: Bearer <key>” with a live API key of scope decide",
            )
        question = _question(request)
    except InputRefused as refused:
        return _refusal(400, "invalid_request", str(refused), field=refused.field)
    except ServiceUnavailable as down:
        return _refusal(503, "unavailable", str(down))
    decision = decide(question.campaign, question.contact, now=timezone.now(), arm=question.arm)
    return _json(_as_json(decision), status=200)


def forget_keys() -> None:
    _keys_seen.clear()


def _may_ask(request: HttpRequest) -> bool:
    header = request.headers.get("Authorization", "")
    if not header.lower().startswith(BEARER):
        return False
    secret = header[len(BEARER) :].strip()
    digest = hashlib.sha256(secret.encode()).digest()
    seen_at = _keys_seen.get(digest)
    if seen_at is not None and time.monotonic() - seen_at < KEY_SECONDS:
        return True
    try:
        is_live = _is_live(secret)
    except ServiceUnavailable:
        if seen_at is not None:
            return True
        raise
    _remember(digest, is_live=is_live)
    return is_live


def _remember(digest: bytes, *, is_live: bool) -> None:
    if not is_live:
        _keys_seen.pop(digest, None)
        return
    if len(_keys_seen) >= KEYS_KEPT:
        _keys_seen.clear()
    _keys_seen[digest] = time.monotonic()


def _is_live(secret: str) -> bool:
    if not breaker.is_closed():
        raise ServiceUnavailable(UNCHECKED)
    try:
        return api_key_for(secret, scope=ApiKey.Scope.DECIDE, now=timezone.now()) is not None
    except (DatabaseError, InterfaceError) as error:
        breaker.trip()
        raise ServiceUnavailable(UNCHECKED) from error


def _question(request: HttpRequest) -> Question:
    given = request.GET if request.method == "GET" else _body(request)
    return Question(
        campaign=_name(given, "campaign"),
        contact=_name(given, "contact"),
        arm=_name(given, "arm") if given.get("arm") not in (None, "") else None,
    )


def _body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise InputRefused("the body could not be read, or is too large", field="body") from error
    if len(body) > BODY_BYTES_MAX:
        raise InputRefused(f"the body is larger than {BODY_BYTES_MAX} bytes", field="body")
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputRefused(f"the body is not JSON: {error}", field="body") from error
    if not isinstance(given, dict):
        raise InputRefused("the body must be a JSON object", field="body")
    return given


def _name(given: Mapping[str, Any], field: str) -> str:
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


def _as_json(decision: Decision) -> dict[str, Any]:
    return {
        "campaign": decision.campaign,
        "experiment": decision.experiment,
        "arm": decision.arm,
        "segment": decision.segment,
        "variant": decision.variant_id,
        "assignment": decision.assignment,
        "content": dict(decision.content.texts()),
        "holdout": decision.holdout,
        "suppressed": decision.suppressed,
        "fallback": decision.fallback,
        "reason": decision.reason,
    }


def _refusal(
    status: int, code: str, message: str, *, field: str = "", allow: str = ""
) -> HttpResponse:
    named = {"field": field} if field else {}
    response = _json({"code": code, "message": message, **named}, status=status)
    if allow:
        response["Allow"] = allow
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _json(payload: Mapping[str, Any], *, status: int) -> HttpResponse:
    return HttpResponse(
        orjson.dumps(payload),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


urlpatterns = [path("decide", decide_view, name="decide")]
