"""For machines that watch this one: is everything up, and how is it doing."""

from __future__ import annotations

import os
import secrets

import prometheus_client
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import multiprocess

from core.liveness import CHECKS

# What /v1/decide answers to the benchmark, to the byte.
BARE_BODY = (
    b'{"campaign":"bench-decide","experiment":"bench-decide","arm":"control",'
    b'"segment":"bench-0","variant":15,"assignment":"asg_155c4c0d4904bb8d8a88ee45b4",'
    b'"content":{"subject":"Ada, new dresses are in","preheader":"See what is new at Fern",'
    b'"body":"<p>Hi Ada, the new dresses are here.</p>","call_to_action":"Have a look"},'
    b'"holdout":false,"suppressed":false,"fallback":false,"reason":""}'
)
LOOPBACK = {"127.0.0.1", "::1"}


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503; the body says which part does not."""
    parts = {name: "ok" if check() else "down" for name, check in CHECKS.items()}
    is_up = set(parts.values()) == {"ok"}
    return JsonResponse(
        {"status": "ok" if is_up else "down", **parts}, status=200 if is_up else 503
    )


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures of all web processes: for this machine, or whoever has METRICS_TOKEN."""
    if not _may_read_metrics(request):
        return HttpResponse(
            "metrics need the header Authorization: Bearer METRICS_TOKEN\n", status=403
        )
    registry = prometheus_client.REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = prometheus_client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return HttpResponse(
        prometheus_client.generate_latest(registry),
        content_type=prometheus_client.CONTENT_TYPE_LATEST,
    )


def bare(_request: HttpRequest) -> HttpResponse:
    """Nothing but Django and the server, to compare with; only where BENCH is set."""
    return HttpResponse(BARE_BODY, content_type="application/json")


def _may_read_metrics(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if not token:
        # A proxy on this machine speaks from loopback for everyone, and says so in this header.
        return (
            request.META["REMOTE_ADDR"] in LOOPBACK and "HTTP_X_FORWARDED_FOR" not in request.META
        )
    return secrets.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}")
