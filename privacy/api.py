"""`/v1/privacy/…`: what people ask about their data, in the shape of OpenDSR."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import orjson
import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from core.errors import DomainError, InputRefused, ServiceUnavailable
from core.key_checks import bearer_of, live_key
from core.models import ApiKey
from core.rate_limits import seconds_to_wait
from privacy.exports import as_csv
from privacy.models import SubjectRequest
from privacy.requests import API_VERSION, IDENTITY_TYPES, REGULATIONS, TYPES, parse_request
from privacy.selectors import request_status
from privacy.services import callback_secrets, request_receive

log = structlog.get_logger(__name__)

BODY_BYTES_MAX = 64 * 1024
RETRY_AFTER_SECONDS = 5

View = Callable[..., HttpResponse]


def _for_admins(view: View) -> View:
    """Only a live key of scope admin opens these doors, and so often as it may; what they answer is
    kept by nobody.
    """

    @csrf_exempt
    def guarded(request: HttpRequest, **place: object) -> HttpResponse:
        try:
            answer = _turned_away(request) or view(request, **place)
        except InputRefused as refused:
            answer = _refusal(400, "invalid_request", str(refused), field=refused.field)
        except (ServiceUnavailable, OperationalError, InterfaceError):
            log.exception("privacy_not_answered")
            answer = _refusal(503, "unavailable", "the database does not answer; ask again")
            answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
        answer["Cache-Control"] = "no-store"
        return answer

    return guarded


def _turned_away(request: HttpRequest) -> HttpResponse | None:
    """What who has no key, or asks too often, is told; else the key is in the request."""
    key = live_key(bearer_of(request), scope=ApiKey.Scope.ADMIN)
    if key is None:
        return _refusal(
            401,
            "unauthorized",
            "send “Authorization: Bearer <key>” with a live API key of scope admin",
        )
    wait = seconds_to_wait(key.id, key.requests_per_minute)
    if wait:
        answer = _refusal(429, "rate_limited", f"this key's limit: come back in {wait} seconds")
        answer["Retry-After"] = str(wait)
        return answer
    request.api_key = key  # type: ignore[attr-defined]
    return None


@_for_admins
def discovery_view(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (Django's)
    """What may be asked for."""
    return JsonResponse(
        {
            "api_version": API_VERSION,
            "supported_regulations": REGULATIONS,
            "supported_subject_request_types": TYPES,
            "supported_identities": [
                {"identity_type": kind, "identity_format": "raw"} for kind in IDENTITY_TYPES
            ],
        }
    )


@_for_admins
def requests_view(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _refusal(405, "method_not_allowed", "ask with POST", allow="POST")
    now = timezone.now()
    try:
        asked = parse_request(_body(request), now=now)
        kept = request_receive(asked, now=now, requested_by=request.api_key.prefix)  # type: ignore[attr-defined]
    except DomainError as error:
        return _refusal(409, "conflict", str(error))
    secrets = callback_secrets(kept)
    told = request_status(kept) | ({"callback_secrets": secrets} if secrets else {})
    return JsonResponse(told, status=201)


@_for_admins
def request_view(request: HttpRequest, *, request_id: str) -> HttpResponse:  # noqa: ARG001
    found = _found(request_id)
    return JsonResponse(request_status(found)) if found else _unknown(request_id)


@_for_admins
def export_view(request: HttpRequest, *, request_id: str, ending: str) -> HttpResponse:  # noqa: ARG001
    found = _found(request_id)
    if found is None:
        return _unknown(request_id)
    if found.export is None:
        return _refusal(404, "no_export", f"{found}: there is no export, or its time is over")
    content, kind = (
        (as_csv(found.export), "text/csv; charset=utf-8")
        if ending == "csv"
        else (orjson.dumps(found.export, option=orjson.OPT_INDENT_2), "application/json")
    )
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{found.pk}.{ending}"'
    return answer


def _body(request: HttpRequest) -> object:
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        body = b" " * (BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        raise InputRefused(f"the request is too large: {BODY_BYTES_MAX // 1024} KB are read")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputRefused(f"the request is not JSON: {error}") from error


def _found(request_id: str) -> SubjectRequest | None:
    try:
        return SubjectRequest.objects.filter(pk=UUID(request_id)).first()
    except ValueError:
        return None


def _unknown(request_id: str) -> HttpResponse:
    return _refusal(404, "not_found", f"there is no request {request_id[:60]}")


def _refusal(
    status: int, code: str, message: str, *, field: str = "", allow: str = ""
) -> HttpResponse:
    said = {"code": code, "message": message} | ({"field": field} if field else {})
    answer = JsonResponse(said, status=status)
    if allow:
        answer["Allow"] = allow
    return answer


urlpatterns = [
    path("v1/privacy/discovery", discovery_view, name="discovery"),
    path("v1/privacy/requests", requests_view, name="requests"),
    path("v1/privacy/requests/<str:request_id>", request_view, name="request"),
    path(
        "v1/privacy/requests/<str:request_id>/export.json",
        export_view,
        {"ending": "json"},
        name="export-json",
    ),
    path(
        "v1/privacy/requests/<str:request_id>/export.csv",
        export_view,
        {"ending": "csv"},
        name="export-csv",
    ),
]
