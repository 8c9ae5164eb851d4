"""`/v1/privacy/…`: what people ask about their data, in the shape of OpenDSR."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from core.api_keys import api_key_for
from core.errors import CopyliftError, InputRefused
from core.key_checks import bearer_of
from core.models import ApiKey
from privacy.exports import as_csv
from privacy.models import SubjectRequest
from privacy.requests import API_VERSION, IDENTITY_TYPES, REGULATIONS, TYPES, parse_request
from privacy.services import request_receive

BODY_BYTES_MAX = 64 * 1024

View = Callable[..., HttpResponse]


def _for_admins(view: View) -> View:
    """Only a live key of scope admin opens these doors; what they answer is kept by nobody."""

    @csrf_exempt
    def guarded(request: HttpRequest, **place: object) -> HttpResponse:
        key = api_key_for(bearer_of(request) or "-", scope=ApiKey.Scope.ADMIN, now=timezone.now())
        if key is None:
            answer = _refusal(
                401,
                "unauthorized",
                "send “Authorization: Bearer <key>” with a live API key of scope admin",
            )
        else:
            request.api_key = key  # type: ignore[attr-defined]
            answer = view(request, **place)
        answer["Cache-Control"] = "no-store"
        return answer

    return guarded


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
    except InputRefused as refused:
        return _refusal(400, "invalid_request", str(refused), field=refused.field)
    except CopyliftError as error:
        return _refusal(409, "conflict", str(error))
    return JsonResponse(_status(kept), status=201)


@_for_admins
def request_view(request: HttpRequest, *, request_id: UUID) -> HttpResponse:  # noqa: ARG001
    found = SubjectRequest.objects.filter(pk=request_id).first()
    return JsonResponse(_status(found)) if found else _unknown(request_id)


@_for_admins
def export_view(request: HttpRequest, *, request_id: UUID, ending: str) -> HttpResponse:  # noqa: ARG001
    found = SubjectRequest.objects.filter(pk=request_id).first()
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
    answer["Content-Disposition"] = f'attachment; filename="{request_id}.{ending}"'
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


def _status(request: SubjectRequest) -> dict[str, object]:
    return {
        "api_version": API_VERSION,
        "subject_request_id": str(request.pk),
        "subject_request_type": request.type,
        "regulation": request.regulation,
        "request_status": request.status,
        "received_time": request.received_at.isoformat(),
        "expected_completion_time": request.due_at.isoformat(),
        "completed_time": request.completed_at.isoformat() if request.completed_at else None,
        "results_count": request.receipt.get("subjects"),
        "receipt": request.receipt.get("rows"),
        "results_url": (
            f"/v1/privacy/requests/{request.pk}/export.json" if request.export is not None else None
        ),
    }


def _unknown(request_id: UUID) -> HttpResponse:
    return _refusal(404, "not_found", f"there is no request {request_id}")


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
    path("v1/privacy/requests/<uuid:request_id>", request_view, name="request"),
    path(
        "v1/privacy/requests/<uuid:request_id>/export.json",
        export_view,
        {"ending": "json"},
        name="export-json",
    ),
    path(
        "v1/privacy/requests/<uuid:request_id>/export.csv",
        export_view,
        {"ending": "csv"},
        name="export-csv",
    ),
]
