"""Who may open a page, and what a page may load."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.cache import never_cache

from assistant.stream_tickets import stream_origin
from core.errors import CopyliftError

# No inline script, nothing from elsewhere. 'unsafe-eval' is for the admin's own Alpine, which
# evaluates the expressions in its templates; without it the sidebar is dead.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self' {streams}",
        "frame-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    )
)

View = Callable[..., HttpResponseBase]


def page(*rights: str) -> Callable[[View], View]:
    """Let in staff who hold every one of `rights`; anyone else is asked to log in, or refused."""

    def dress(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not (request.user.is_active and request.user.is_staff):
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perms(rights):
                raise PermissionDenied(f"This page needs the right {' and '.join(rights)}.")
            response = view(request, *args, **kwargs)
            response["Content-Security-Policy"] = CONTENT_POLICY.format(streams=stream_origin())
            return response

        guarded.rights = rights  # type: ignore[attr-defined]  # read by the permission matrix test
        return never_cache(guarded)

    return dress


def person(request: HttpRequest) -> User:
    """The logged-in user; `page` let nobody else in."""
    assert isinstance(request.user, User), "use this behind page()"  # noqa: S101
    return request.user


def attempt(
    request: HttpRequest, step: Callable[[], object], *, done: str, then: str
) -> HttpResponse:
    """Do `step`, say what came of it in words, and go on to `then`."""
    try:
        step()
    except CopyliftError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return HttpResponseRedirect(then)
