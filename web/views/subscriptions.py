"""The way out of a mail: a page for people, and RFC 8058's one click for their mail programs."""

from __future__ import annotations

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from core.errors import InputRefused
from events.api.links import HEADERS, PAGE_POLICY, visitor_of
from events.links import Mail, left_mail
from events.services import subscription_end, subscription_renew, visitor_context

log = structlog.get_logger(__name__)

POLICY = f"{PAGE_POLICY}; form-action 'self'"
RETRY_AFTER_SECONDS = "60"


@csrf_exempt
def subscription(request: HttpRequest, *, token: str) -> HttpResponse:
    """GET shows what can be done, for scanners follow links; POST does it.

    The link is sealed and was sent to one person, so it needs no log-in and no cookie.
    """
    try:
        mail = left_mail(token)
    except InputRefused:
        return _page("public/dead_link.html", status=404)
    if request.method in ("GET", "HEAD"):
        return _page("public/unsubscribe.html", state="asked")
    if request.method != "POST":
        return HttpResponse(status=405, headers={**HEADERS, "Allow": "GET, HEAD, POST"})
    try:
        return _page("public/unsubscribe.html", state=_done(request, mail))
    except (OperationalError, InterfaceError):
        log.exception("unsubscription_not_stored")
        return _page("public/unsubscribe.html", status=503, state="failed")


def _done(request: HttpRequest, mail: Mail) -> str:
    now, context = timezone.now(), visitor_context(visitor_of(request))
    if _choice(request) == "return":
        return "returned" if subscription_renew(mail, now=now, context=context) else "stays"
    subscription_end(mail, now=now, context=context)
    return "left"


def _choice(request: HttpRequest) -> str:
    """What the page's button says. A mail program says it in its own way, and always means out."""
    try:
        return request.POST.get("choice", "")
    except (RequestDataTooBig, SuspiciousOperation, MultiPartParserError):
        return ""


def _page(template: str, *, status: int = 200, **context: str) -> HttpResponse:
    headers = {**HEADERS, "Content-Security-Policy": POLICY}
    if status == 503:
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    return HttpResponse(render_to_string(template, context), status=status, headers=headers)
