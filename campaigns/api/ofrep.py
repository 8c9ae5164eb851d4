"""OpenFeature Remote Evaluation (OFREP 0.3): any OpenFeature client takes part by it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from campaigns.api.answers import NAME_CHARACTERS_MAX, answer, body_of, key_of, object_in
from campaigns.flags import Flag, evaluate, evaluate_all
from core.errors import InputRefused, ServiceUnavailable
from core.key_checks import bearer_of
from core.models import ApiKey
from core.rate_limits import seconds_to_wait

# A web page of another origin may ask: the key is in the request, no cookie counts here.
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-None-Match, X-API-Key",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
    "Access-Control-Max-Age": "86400",
}
SCOPES = (ApiKey.Scope.DECIDE, ApiKey.Scope.FLAGS)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: `is_private` where the key is not one for browsers."""

    is_private: bool


View = Callable[..., HttpResponseBase]


class Refused(Exception):
    """An answer other than success, in OFREP's words."""

    def __init__(self, status: int, body: dict[str, Any], **headers: str) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers


def asker_of(secret: str) -> Asker:
    """Who holds this key.

    Raises:
        Refused: Nobody, or they are to wait, or it cannot be said.
    """
    try:
        for scope in SCOPES:
            key = key_of(secret, scope=scope)
            if key is None:
                continue
            wait = seconds_to_wait(key.id, key.requests_per_minute)
            if wait:
                raise Refused(
                    429, {"errorDetails": "too many requests"}, **{"Retry-After": str(wait)}
                )
            return Asker(is_private=scope == ApiKey.Scope.DECIDE)
    except ServiceUnavailable as down:
        raise Refused(503, {"errorDetails": str(down)}, **{"Retry-After": "5"}) from down
    raise Refused(401, {"errorDetails": "send a live API key of scope flags or decide"})


def open_to_pages(view: View) -> View:
    """Answer preflights and refusals in JSON, with what browsers want to see."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            response: HttpResponseBase = HttpResponse(status=204)
        else:
            response = _or_refusal(view, request, kwargs)
        for name, value in CROSS_ORIGIN.items():
            response[name] = value
        return response

    return answered


def _or_refusal(view: View, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponseBase:
    try:
        return view(request, **kwargs)
    except Refused as refused:
        response = answer(refused.body, status=refused.status)
        for name, value in refused.headers.items():
            response[name] = value
        return response


@open_to_pages
def flag_view(request: HttpRequest, *, key: str) -> HttpResponse:
    """One flag; whoever asks for one uses it, so the unit is in the test from now on."""
    asker = _asker(request)
    named = {"key": key}
    unit = _unit(request, named)
    flag = None
    if len(key) <= NAME_CHARACTERS_MAX and "\x00" not in key:
        flag = evaluate(key, unit, now=timezone.now(), is_counted=True, is_private=asker.is_private)
    if flag is None:
        details = f"no campaign {key[:NAME_CHARACTERS_MAX]!r}"
        raise Refused(404, {**named, "errorCode": "FLAG_NOT_FOUND", "errorDetails": details})
    return answer(_as_json(flag))


@open_to_pages
def flags_view(request: HttpRequest) -> HttpResponse:
    """All flags. The ETag is of what was answered: another context, another answer, another tag."""
    asker = _asker(request)
    unit = _unit(request, {})
    flags = evaluate_all(unit, now=timezone.now(), is_private=asker.is_private)
    body = orjson.dumps({"flags": [_as_json(flag) for flag in flags], "metadata": {}})
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if is_known(request, tag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether the client says that it has this already."""
    header: str = request.META.get("HTTP_IF_NONE_MATCH", "")
    return tag in {one.strip().removeprefix("W/") for one in header.split(",")}


def _asker(request: HttpRequest) -> Asker:
    if request.method != "POST":
        raise Refused(405, {"errorDetails": "ask with POST"}, Allow="POST")
    return asker_of(bearer_of(request) or request.META.get("HTTP_X_API_KEY", ""))


def _unit(request: HttpRequest, named: dict[str, str]) -> str:
    def refused(code: str, details: str) -> Refused:
        return Refused(400, {**named, "errorCode": code, "errorDetails": details})

    try:
        given = object_in(body_of(request))
    except InputRefused as error:
        raise refused("PARSE_ERROR", str(error)) from error
    context = given.get("context")
    if not isinstance(context, dict):
        raise refused("INVALID_CONTEXT", "context must be a JSON object")
    unit = context.get("targetingKey")
    if unit is None or unit == "":
        raise refused("TARGETING_KEY_MISSING", "context.targetingKey: give the contact's id")
    if not isinstance(unit, str) or len(unit) > NAME_CHARACTERS_MAX or "\x00" in unit:
        raise refused(
            "INVALID_CONTEXT",
            f"context.targetingKey: text of at most {NAME_CHARACTERS_MAX} characters",
        )
    return unit


def _as_json(flag: Flag) -> dict[str, Any]:
    return {
        "key": flag.key,
        "value": flag.value,
        "reason": flag.reason,
        "variant": flag.variant,
        "metadata": flag.metadata,
    }
