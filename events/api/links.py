"""The picture and the links of our mails: `/o/<token>.gif` and `/c/<token>`.

An open or click is in the log before the answer leaves. Where the log does not answer, the person
gets the picture or the page all the same and the event is lost: nobody waits for our figures.
"""

from __future__ import annotations

import base64

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from core.client_addresses import client_address
from core.errors import InputRefused
from events.links import followed_link, opened_mail
from events.services import Visitor, click_note, open_note

log = structlog.get_logger(__name__)

# One transparent point.
PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
HEADERS = {
    "Cache-Control": "no-store, max-age=0",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
)


def picture(request: HttpRequest, *, token: str) -> HttpResponse:
    """The picture, always: a broken one in a mail helps nobody."""
    if request.method not in ("GET", "HEAD"):
        return _not_allowed()
    try:
        mail = opened_mail(token)
        open_note(mail, visitor_of(request), now=timezone.now())
    except InputRefused:
        log.info("picture_of_nobody")
    except (OperationalError, InterfaceError):
        log.warning("open_lost", exc_info=True)
    return HttpResponse(PICTURE, content_type="image/gif", headers=HEADERS)


def link(request: HttpRequest, *, token: str) -> HttpResponse:
    """On to where the link leads; a token that is not ours leads nowhere."""
    if request.method not in ("GET", "HEAD"):
        return _not_allowed()
    try:
        mail, url, is_decoy = followed_link(token)
    except InputRefused:
        page = render_to_string("public/dead_link.html")
        policy = {"Content-Security-Policy": PAGE_POLICY}
        return HttpResponse(page, status=404, headers={**HEADERS, **policy})
    try:
        click_note(mail, visitor_of(request), url=url, is_decoy=is_decoy, now=timezone.now())
    except (OperationalError, InterfaceError):
        log.warning("click_lost", exc_info=True)
    if is_decoy:
        return HttpResponse(status=204, headers=HEADERS)
    return HttpResponse(status=302, headers={**HEADERS, "Location": iri_to_uri(url)})


def visitor_of(request: HttpRequest) -> Visitor:
    return Visitor(
        agent=request.headers.get("User-Agent", ""),
        address=client_address(request),
        method=request.method or "",
    )


def _not_allowed() -> HttpResponse:
    return HttpResponse(status=405, headers={**HEADERS, "Allow": "GET, HEAD"})


for _view in (picture, link):
    # Other methods are refused by the view itself, in its own words.
    _view.csrf_exempt = True  # type: ignore[attr-defined]

urlpatterns = [
    path("o/<str:token>.gif", picture, name="mail-picture"),
    path("c/<str:token>", link, name="mail-link"),
]
