"""The door for email tools' webhooks: `POST /v1/esp/<tool>` with an API key.

The key comes by Basic authentication, or at the end of the address for tools that know no other
way. A tool that signs must be given its signing key too; then both are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import path
from django.utils import timezone

from core.errors import ServiceUnavailable
from events.api.answers import Answer, door, header_secrets, key_among
from events.esp.normalising import MailReport, report_of
from events.esp.providers import (
    PROVIDERS,
    SIGNED_AHEAD,
    SIGNED_WITHIN,
    Provider,
    signing_keys,
)
from events.esp.sns import is_amazons
from events.incoming import EventRefused
from events.known_networks import known_networks
from events.services import mail_events_store, rejection_keep
from privacy.addresses import address_digest

log = structlog.get_logger(__name__)

LARGEST_POST = 3 * 1024 * 1024
MOST_EVENTS = 10_000
ASK_FOR_KEY = {"WWW-Authenticate": 'Basic realm="Copylift API key"'}


def webhook(request: HttpRequest, *, esp: str, token: str = "") -> HttpResponse:
    """Some tools look whether anybody is there before they send."""
    if request.method in ("GET", "HEAD") and esp in PROVIDERS:
        return HttpResponse(headers={"Cache-Control": "no-store"})
    return _webhook(request, esp=esp, token=token)


@door
def _webhook(request: HttpRequest, *, esp: str, token: str) -> HttpResponse:
    provider = PROVIDERS.get(esp)
    if provider is None:
        raise Answer(404, "unknown_tool", f"the tools we know are {', '.join(PROVIDERS)}")
    key_among(_secrets(request, token), **ASK_FOR_KEY)
    _check_size(request)
    found = _read(provider, esp, request)
    _note_subscription(esp, request)
    reports, refused, ignored = _reports(esp, found)
    for reason in refused:
        rejection_keep(source=f"esp:{esp}", reason=reason, payload={"tool": provider.name})
    result = mail_events_store(reports, source=f"esp:{esp}")
    return JsonResponse(
        {
            "success": True,
            "stored": result.stored,
            "duplicates": result.duplicates,
            "rejected": len(refused),
            "ignored": ignored,
        }
    )


webhook.csrf_exempt = True  # type: ignore[attr-defined]  # as the door behind it is


def _secrets(request: HttpRequest, token: str) -> Iterator[str]:
    if token:
        yield token
    yield from header_secrets(request)


def _check_size(request: HttpRequest) -> None:
    try:
        size = len(request.body)
    except RequestDataTooBig:
        size = LARGEST_POST + 1
    if size > LARGEST_POST:
        raise Answer(413, "too_large", f"the body is larger than {LARGEST_POST:,} bytes")


def _read(provider: Provider, esp: str, request: HttpRequest) -> Sequence[AnymailTrackingEvent]:
    """The events, if one of the signing keys has signed them, and lately."""
    keys = signing_keys(esp)
    if not keys:
        raise Answer(
            403,
            "not_configured",
            f"{provider.name} signs what it sends: set {provider.setting} to its signing key",
        )
    for key in keys:
        try:
            found = provider.read(request, key=key)
        except AnymailWebhookValidationFailure:
            continue
        except (DatabaseError, ServiceUnavailable):
            raise
        except (Exception, SuspiciousOperation, MultiPartParserError):
            # Whatever a parser trips over, in whichever way, is not what the tool documents.
            log.warning("webhook_unreadable", esp=esp, exc_info=True)
            raise Answer(
                400, "invalid_request", f"this is not what a webhook of {provider.name} sends"
            ) from None
        _check_age(provider, request)
        return _checked(found, provider)
    raise Answer(
        401, "invalid_signature", f"{provider.name} has not signed this, by the keys we know"
    )


def _check_age(provider: Provider, request: HttpRequest) -> None:
    if provider.signed_at is None:
        return
    try:
        age = timezone.now() - provider.signed_at(request)
    except (KeyError, ValueError, TypeError, OverflowError, OSError):
        raise Answer(400, "invalid_request", "the time of the signature is none") from None
    if not -SIGNED_AHEAD < age < SIGNED_WITHIN:
        raise Answer(401, "stale_signature", "this was signed too long ago, or in the future")


def _checked(found: Any, provider: Provider) -> Sequence[AnymailTrackingEvent]:
    if len(found) > MOST_EVENTS:
        raise Answer(413, "too_large", f"send no more than {MOST_EVENTS:,} events at once")
    if not all(isinstance(event, AnymailTrackingEvent) for event in found):
        raise Answer(
            400,
            "wrong_webhook",
            f"this is mail that {provider.name} received; only what became of sent mail is taken",
        )
    events: Sequence[AnymailTrackingEvent] = found
    return events


def _reports(
    esp: str, found: Sequence[AnymailTrackingEvent]
) -> tuple[list[MailReport], list[str], int]:
    """What is to be stored, why some is not, and how much says nothing of a mail."""
    now, networks = timezone.now(), known_networks()
    reports, refused, ignored = [], [], 0
    for event in found:
        recipient = event.recipient if isinstance(event.recipient, str) else ""
        digest = address_digest(recipient) if "@" in recipient else ""
        try:
            report = report_of(event, esp=esp, digest=digest, now=now, networks=networks)
        except (EventRefused, ValueError, TypeError, AttributeError, OverflowError) as reason:
            # The reason of a refusal names a field; other errors may quote what was sent.
            said = str(reason) if isinstance(reason, EventRefused) else "has an unknown shape"
            refused.append(f"{event.event_type}: {said}")
            continue
        if report is None:
            ignored += 1
        else:
            reports.append(report)
    return reports, refused, ignored


def _note_subscription(esp: str, request: HttpRequest) -> None:
    """Amazon sends the address to confirm a subscription at; a person opens it, not we."""
    if esp != "amazon_ses":
        return
    message = getattr(request, "_sns_message", {})
    address = str(message.get("SubscribeURL", ""))
    if message.get("Type") == "SubscriptionConfirmation" and is_amazons(address):
        rejection_keep(
            source="esp:amazon_ses",
            reason="Amazon SNS asks to confirm the subscription: open this address once",
            payload={"SubscribeURL": address, "TopicArn": str(message.get("TopicArn", ""))},
        )


urlpatterns = [
    path("esp/<str:esp>", webhook, name="esp-webhook"),
    path("esp/<str:esp>/<str:token>", webhook, name="esp-webhook-with-key"),
]
