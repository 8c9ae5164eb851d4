"""How the chat's doors are asked and answer: JSON in, JSON out, read by the pages that may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from assistant.models import KnowledgeBase
from assistant.services.turns import TooOften
from core.client_addresses import client_address, client_network
from core.errors import DomainError, InputRefused
from core.installation import keyed_hash
from core.rate_limits import seconds_to_wait

BODY_BYTES_MAX = 16 * 1024
# Who waits for a person looks every few seconds, and behind one address there may be many.
LIGHT_PER_QUESTION = 15

Asked = dict[str, Any]
View = Callable[[HttpRequest, Asked], HttpResponseBase]
Door = Callable[[HttpRequest], HttpResponseBase]


def door(view: View) -> Door:
    """Reads the body, answers what browsers ask before they send, and says errors in one shape."""
    return _guarded(view, "asking", 1)


def light_door(view: View) -> Door:
    """A door that costs little and is used often: it has a limit of its own."""
    return _guarded(view, "light", LIGHT_PER_QUESTION)


def _guarded(view: View, purpose: str, times: int) -> Door:
    @csrf_exempt
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return _allowed(request, HttpResponse(status=204))
        if request.method != "POST":
            return _refusal(405, "method_not_allowed", "ask with POST", allow="POST, OPTIONS")
        most = settings.ASSISTANT_REQUESTS_PER_MINUTE
        wait = seconds_to_wait(f"{_visitor(request)}:{purpose}", most and most * times)
        return _allowed(request, _too_soon(wait) if wait else _answered(view, request))

    return guarded


def _answered(view: View, request: HttpRequest) -> HttpResponseBase:
    try:
        return view(request, _body(request))
    except InputRefused as refused:
        return _refusal(400, "invalid_request", str(refused), field=refused.field)
    except TooOften:
        return _too_soon(60)
    except DomainError as error:
        return _refusal(409, "conflict", str(error))


def text_in(asked: Asked, field: str, *, default: str | None = None) -> str:
    said = asked.get(field, default)
    if not isinstance(said, str):
        raise InputRefused(f"{field}: must be a text", field=field)
    return said


def flag_in(asked: Asked, field: str) -> bool:
    said = asked.get(field)
    if not isinstance(said, bool):
        raise InputRefused(f"{field}: must be true or false", field=field)
    return said


def number_in(asked: Asked, field: str, *, default: int | None = None) -> int:
    said = asked.get(field, default)
    if not isinstance(said, int) or isinstance(said, bool) or abs(said) > 2**40:
        raise InputRefused(f"{field}: must be a whole number", field=field)
    return said


def id_in(asked: Asked, field: str) -> UUID:
    try:
        return UUID(str(asked.get(field)))
    except ValueError:
        raise InputRefused(f"{field}: send the id you were given", field=field) from None


def _body(request: HttpRequest) -> Asked:
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        body = b" " * (BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        raise InputRefused(f"the request is too large: {BODY_BYTES_MAX // 1024} KB are read")
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputRefused(f"the request is not JSON: {error}") from error
    if not isinstance(asked, dict):
        raise InputRefused("the request must be a JSON object")
    return asked


def _visitor(request: HttpRequest) -> str:
    """Who asks, as a keyed hash of where from: the address itself is kept nowhere."""
    return keyed_hash("assistant visitors", client_network(client_address(request)))[:32]


def _allowed(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """Say to the browser which page may read the answer."""
    origin = request.headers.get("Origin", "")
    if origin and _may_read(origin):
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Allow-Headers"] = "Content-Type, Accept"
        answer["Access-Control-Allow-Methods"] = "POST"
        answer["Access-Control-Expose-Headers"] = "Retry-After"
        answer["Access-Control-Max-Age"] = "600"
    answer["Vary"] = "Origin, Accept"
    answer["Cache-Control"] = "no-store"
    return answer


def _may_read(origin: str) -> bool:
    """Whether the pages of this origin are those of some base's shop."""
    named = KnowledgeBase.objects.filter(is_published=True, allowed_origins__contains=[origin])
    return named.exists()


def _too_soon(wait: int) -> HttpResponse:
    answer = _refusal(429, "too_many_requests", f"come back in {wait} seconds")
    answer["Retry-After"] = str(wait)
    return answer


def _refusal(
    status: int, code: str, message: str, *, field: str = "", allow: str = ""
) -> HttpResponse:
    said = {"code": code, "message": message} | ({"field": field} if field else {})
    answer = JsonResponse(said, status=status)
    if allow:
        answer["Allow"] = allow
    return answer
