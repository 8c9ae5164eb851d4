"""Telling who asked what became of a request, in OpenDSR's words and signed like our webhooks."""

from __future__ import annotations

from datetime import datetime

from core.errors import InputRefused
from core.webhooks.models import WebhookEndpoint
from core.webhooks.services import callback_endpoint, callback_publish, webhook_secret
from privacy.models import SubjectRequest
from privacy.selectors import request_status

KIND = "subject_request.status"
NAME = "OpenDSR callback"


def callbacks_check(urls: tuple[str, ...]) -> None:
    """Make sure that each of these is an address we post to.

    Raises:
        InputRefused: One leads inside a network, is unknown, or is no web address.
    """
    for place, url in enumerate(urls):
        try:
            callback_endpoint(url, name=NAME)
        except InputRefused as refused:
            field = f"status_callback_urls[{place}]"
            raise InputRefused(f"{field}: {refused}", field=field) from None


def callback_secrets(request: SubjectRequest) -> dict[str, str]:
    """What each address checks its calls with."""
    endpoints = WebhookEndpoint.objects.filter(url__in=request.callbacks, is_callback=True)
    return {endpoint.url: webhook_secret(endpoint) for endpoint in endpoints.order_by("pk")}


def status_tell(request: SubjectRequest, *, now: datetime) -> None:
    """Put the present status out to every address; call it in the transaction that changed it."""
    if not request.callbacks:
        return
    told = request_status(request)
    for endpoint in WebhookEndpoint.objects.filter(url__in=request.callbacks, is_callback=True):
        callback_publish(endpoint, KIND, {**told, "status_callback_url": endpoint.url}, now=now)
