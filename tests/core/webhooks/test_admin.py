import re
from random import Random

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import WebhookDelivery, WebhookEndpoint
from core.webhooks.sending import deliveries_send
from core.webhooks.services import webhook_create, webhook_publish, webhook_secret


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


def add(client, url, **more):
    given = {"name": "CRM", "url": url, "kinds": ["lamp.lit"], "is_enabled": "on", **more}
    return client.post(reverse("admin:core_webhookendpoint_add"), given)


def test_a_new_webhook_shows_its_secret_once(signed_in, receiver):
    answer = add(signed_in, receiver.url)
    endpoint = WebhookEndpoint.objects.get()
    assert webhook_secret(endpoint) in answer.content.decode().replace("&#x3D;", "=")
    assert "no-store" in answer["Cache-Control"]
    page = signed_in.get(reverse("admin:core_webhookendpoint_change", args=[endpoint.pk]))
    assert "whsec_" not in page.content.decode()


def test_an_address_inside_is_refused_on_the_form(signed_in):
    answer = add(signed_in, "http://169.254.169.254/latest")
    assert "inside a network" in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_a_webhook_is_switched_off_and_on(signed_in, receiver, owner):
    endpoint, _ = webhook_create("CRM", receiver.url, actor=owner)
    url = reverse("admin:core_webhookendpoint_change", args=[endpoint.pk])
    signed_in.post(url, {"name": "CRM", "url": receiver.url})
    endpoint.refresh_from_db()
    assert (endpoint.is_enabled, endpoint.disabled_because) == (False, "switched off by a person")
    signed_in.post(url, {"name": "CRM", "url": receiver.url, "is_enabled": "on"})
    endpoint.refresh_from_db()
    assert (endpoint.is_enabled, endpoint.disabled_because) == (True, "")


def test_the_secret_is_exchanged(signed_in, receiver, owner):
    endpoint, secret = webhook_create("CRM", receiver.url, actor=owner)
    url = reverse("admin:core_webhookendpoint_rotate", args=[endpoint.pk])
    assert webhook_secret(WebhookEndpoint.objects.get()) == secret
    answer = signed_in.post(url, {"overlap": "24"})
    assert re.search(r"whsec_", answer.content.decode())
    assert webhook_secret(WebhookEndpoint.objects.get()) != secret


def test_the_log_says_what_was_answered_and_sends_again(signed_in, receiver, owner):
    webhook_create("CRM", receiver.url, actor=owner)
    receiver.answer(500, body=b"<script>alert(1)</script>")
    now = timezone.now()
    webhook_publish("lamp.lit", {"lamp": "<b>7</b>"}, now=now)
    deliveries_send(now=now, rng=Random(1))
    delivery = WebhookDelivery.objects.get()
    page = signed_in.get(reverse("admin:core_webhookdelivery_change", args=[delivery.pk]))
    shown = page.content.decode()
    assert "refused with 500" in shown
    assert "<script>alert(1)" not in shown
    assert "<b>7</b>" not in shown
    signed_in.post(
        reverse("admin:core_webhookdelivery_changelist"),
        {"action": "replay", "_selected_action": [delivery.pk]},
    )
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("waiting", 0)


def test_a_team_mate_may_not_send_again_nor_exchange(client, teammate, receiver, owner):
    endpoint, secret = webhook_create("CRM", receiver.url, actor=owner)
    client.force_login(teammate)
    client.post(reverse("admin:core_webhookendpoint_rotate", args=[endpoint.pk]), {"overlap": "0"})
    assert webhook_secret(WebhookEndpoint.objects.get()) == secret


def test_what_was_missed_is_sent_again_when_one_says_so(signed_in, receiver, owner):
    endpoint, _ = webhook_create("CRM", receiver.url, actor=owner)
    webhook_publish("lamp.lit", {}, now=timezone.now())
    WebhookDelivery.objects.update(state="failed")
    url = reverse("admin:core_webhookendpoint_replay_missed", args=[endpoint.pk])
    signed_in.get(url)
    assert WebhookDelivery.objects.get().state == "failed"
    signed_in.post(url, {"_form_submitted": "on"})
    assert WebhookDelivery.objects.get().state == "waiting"
