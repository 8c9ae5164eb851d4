"""The OpenAPI document, for programs that make clients of it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from web.openapi import openapi_document


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """Everybody may read it: it names doors and no keys."""
    response = JsonResponse(openapi_document(request.build_absolute_uri("/").rstrip("/")))
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    return response
