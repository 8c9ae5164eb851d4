"""The email tools whose webhooks anymail reads: which view, which signature, which signing time."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from anymail.exceptions import (
    AnymailInsecureWebhookWarning,
    AnymailNotSupportedWarning,
    AnymailWebhookValidationFailure,
)
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from events.esp import sns

# A tool that retries for a day signs anew each time; what is signed earlier was recorded.
SIGNED_WITHIN = timedelta(hours=24)
SIGNED_AHEAD = timedelta(minutes=5)


class AmazonView(AmazonSESTrackingWebhookView):
    """SNS's signature is checked, which anymail leaves out. Amazon's client has one use here:
    to confirm a subscription, and a person does that.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.auto_confirm_enabled = False
        self.session_params: dict[str, Any] = {}
        self.client_params: dict[str, Any] = {}
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def validate_request(self, request: HttpRequest) -> None:
        super().validate_request(request)
        message = self._parse_sns_message(request)
        try:
            sns.check_message(message, now=timezone.now(), topics=settings.AMAZON_SNS_TOPICS)
        except sns.NotFromAmazon as refused:
            raise AnymailWebhookValidationFailure(str(refused)) from None


@dataclass(frozen=True)
class Provider:
    """
    Attributes:
        name: As the tool writes itself.
        view: What checks its signature and reads its events, by its path: importing all of them
            takes most of a second, and a shop has one tool.
        key_name: The view's argument for the signing key; empty for tools that do not sign.
        setting: The environment variable with the key.
        signed_at: When a request was signed, of tools that say so; raises ValueError or KeyError.
    """

    name: str
    view: str
    key_name: str = ""
    setting: str = ""
    signed_at: Callable[[HttpRequest], datetime] | None = None

    def read(self, request: HttpRequest, *, key: str) -> Sequence[AnymailTrackingEvent]:
        """Check the signature with this key, and read the events; raises what anymail raises."""
        with warnings.catch_warnings():
            # The API key stands for anymail's password, and SendGrid is tested here.
            warnings.simplefilter("ignore", AnymailInsecureWebhookWarning)
            warnings.simplefilter("ignore", AnymailNotSupportedWarning)
            named = {self.key_name: key} if self.key_name else {}
            view: AnymailBaseWebhookView = import_string(self.view)(webhook_secret=[], **named)
        view.setup(request)
        view.run_validators(request)
        events: Sequence[AnymailTrackingEvent] = view.parse_events(request)
        return events


def _amazon_signed_at(request: HttpRequest) -> datetime:
    return sns.signed_at(json.loads(request.body))


def _mailgun_signed_at(request: HttpRequest) -> datetime:
    if request.content_type == "application/json":
        stamp = json.loads(request.body)["signature"]["timestamp"]
    else:
        stamp = request.POST["timestamp"]
    return datetime.fromtimestamp(int(stamp), tz=UTC)


def _sendgrid_signed_at(request: HttpRequest) -> datetime:
    stamp = request.headers["X-Twilio-Email-Event-Webhook-Timestamp"]
    return datetime.fromtimestamp(int(stamp), tz=UTC)


PROVIDERS: Mapping[str, Provider] = {
    "amazon_ses": Provider(
        "Amazon SES", "events.esp.providers.AmazonView", signed_at=_amazon_signed_at
    ),
    "brevo": Provider("Brevo", "anymail.webhooks.brevo.BrevoTrackingWebhookView"),
    "mailersend": Provider(
        "MailerSend",
        "anymail.webhooks.mailersend.MailerSendTrackingWebhookView",
        "signing_secret",
        "MAILERSEND_SIGNING_SECRET",
    ),
    "mailgun": Provider(
        "Mailgun",
        "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
        "webhook_signing_key",
        "MAILGUN_WEBHOOK_SIGNING_KEY",
        _mailgun_signed_at,
    ),
    "mailjet": Provider("Mailjet", "anymail.webhooks.mailjet.MailjetTrackingWebhookView"),
    "mailtrap": Provider(
        "Mailtrap",
        "anymail.webhooks.mailtrap.MailtrapTrackingWebhookView",
        "tracking_secret",
        "MAILTRAP_TRACKING_SECRET",
    ),
    "mandrill": Provider(
        "Mandrill",
        "anymail.webhooks.mandrill.MandrillCombinedWebhookView",
        "webhook_key",
        "MANDRILL_WEBHOOK_KEY",
    ),
    "postal": Provider(
        "Postal",
        "anymail.webhooks.postal.PostalTrackingWebhookView",
        "webhook_key",
        "POSTAL_WEBHOOK_KEY",
    ),
    "postmark": Provider("Postmark", "anymail.webhooks.postmark.PostmarkTrackingWebhookView"),
    "resend": Provider(
        "Resend",
        "anymail.webhooks.resend.ResendTrackingWebhookView",
        "signing_secret",
        "RESEND_SIGNING_SECRET",
    ),
    "sendgrid": Provider(
        "SendGrid",
        "anymail.webhooks.sendgrid.SendGridTrackingWebhookView",
        "tracking_webhook_verification_key",
        "SENDGRID_WEBHOOK_VERIFICATION_KEY",
        _sendgrid_signed_at,
    ),
    "sparkpost": Provider("SparkPost", "anymail.webhooks.sparkpost.SparkPostTrackingWebhookView"),
    "unisender_go": Provider(
        "Unisender Go",
        "anymail.webhooks.unisender_go.UnisenderGoTrackingWebhookView",
        "api_key",
        "UNISENDER_GO_API_KEY",
    ),
}


def signing_keys(esp: str) -> Sequence[str]:
    """The keys that may have signed, the newest first: two of them while one is replaced."""
    provider = PROVIDERS[esp]
    return settings.ESP_SIGNING_KEYS.get(provider.setting, []) if provider.setting else [""]
