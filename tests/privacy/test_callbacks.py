"""Whoever asked is told what becomes of it: signed, never inward; and keys have limits here too."""

from __future__ import annotations

import json
from random import Random
from uuid import uuid4

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from core.api_keys import api_key_create
from core.key_checks import forget_keys
from core.models import WebhookDelivery
from core.quick_redis import quick_redis
from core.webhooks.models import WebhookEndpoint
from core.webhooks.sending import deliveries_send
from core.webhooks.services import webhook_create, webhook_publish
from privacy.models import SubjectRequest
from privacy.services import request_cancel, requests_work
from tests.core.webhooks.conftest import receiver  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(client):
    forget_keys()
    _, key = api_key_create("privacy desk", ["admin"])
    headers = {"Authorization": f"Bearer {key}"}

    def asked(*callbacks, request_id=None):
        body = {
            "subject_request_id": request_id or str(uuid4()),
            "subject_request_type": "access",
            "subject_identities": [{"identity_type": "email", "identity_value": "a@x.example"}],
            "status_callback_urls": list(callbacks),
        }
        return client.post(
            "/v1/privacy/requests", body, content_type="application/json", headers=headers
        )

    return asked


def send():
    return deliveries_send(now=timezone.now(), rng=Random(1))


def test_every_new_status_is_told_signed_as_our_webhooks_are(ask, receiver):  # noqa: F811
    said = ask(receiver.url).json()
    assert requests_work(now=timezone.now()) == 1
    assert send() == 2
    check = Webhook(said["callback_secrets"][receiver.url])
    told = [check.verify(body, headers) for headers, body in receiver.got]
    assert sorted(one["request_status"] for one in told) == ["completed", "in_progress"]
    assert {one["subject_request_id"] for one in told} == {said["subject_request_id"]}
    assert {one["status_callback_url"] for one in told} == {receiver.url}
    done = next(one for one in told if one["request_status"] == "completed")
    assert done["results_url"].endswith("/export.json")


def test_a_request_taken_back_is_told_too(ask, receiver, owner):  # noqa: F811
    ask(receiver.url)
    request_cancel(SubjectRequest.objects.get(), actor=owner, now=timezone.now())
    send()
    [(_, body)] = receiver.got
    assert json.loads(body)["request_status"] == "cancelled"


def test_no_answer_is_tried_again_and_410_ends_it_until_it_is_named_anew(ask, receiver):  # noqa: F811
    receiver.answer(500)
    receiver.answer(410)
    ask(receiver.url)
    requests_work(now=timezone.now())
    send()
    states = set(WebhookDelivery.objects.values_list("state", flat=True))
    assert states == {"stopped"}
    assert not WebhookEndpoint.objects.get().is_enabled
    ask(receiver.url)
    assert WebhookEndpoint.objects.get().is_enabled


def test_an_address_hears_of_its_requests_and_of_nothing_else(ask, receiver, owner):  # noqa: F811
    webhook_create("CRM", receiver.url, actor=owner)
    ask(receiver.url)
    webhook_publish("subject.erased", {"subject": "x"}, now=timezone.now())
    told = WebhookDelivery.objects.values_list("endpoint__name", "message__kind")
    assert list(told) == [("CRM", "subject.erased")]


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest", "http://127.0.0.1:6379/", "ftp://x.example", "http://a@b/"],
)
def test_nothing_is_called_inside_a_network(ask, url):
    answer = ask(url)
    assert (answer.status_code, answer.json()["field"]) == (400, "status_callback_urls[0]")
    assert not SubjectRequest.objects.exists()
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("urls", ["http://x.example", [1], ["x"] * 6, {"a": 1}])
def test_what_is_no_list_of_addresses_is_refused(client, ask, urls):
    _, key = api_key_create("desk", ["admin"])
    body = {
        "subject_request_id": str(uuid4()),
        "subject_request_type": "access",
        "subject_identities": [{"identity_type": "email", "identity_value": "a@x.example"}],
        "status_callback_urls": urls,
    }
    answer = client.post(
        "/v1/privacy/requests", body, content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["field"]) == (400, "status_callback_urls")


def test_a_key_that_asks_too_often_is_told_when_to_come_back(client):
    made, key = api_key_create("desk", ["admin"], requests_per_minute=2)
    quick_redis().delete(f"limit:key:{made.pk}")
    headers = {"Authorization": f"Bearer {key}"}
    answers = [client.get("/v1/privacy/discovery", headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert answers[2].json()["code"] == "rate_limited"
