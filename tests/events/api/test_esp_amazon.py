"""Amazon SES is heard through SNS, which signs: what it did not sign, or not for us, is refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from events.esp import sns
from events.models import Event, Rejection
from privacy.models import Suppression
from tests.events.api import esp_payloads as tools
from tests.events.api.test_esp import ann, send
from tests.factories.events import write_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    return write_key()


@pytest.fixture(autouse=True)
def certificate():
    """As if it had been fetched before: nobody here can answer as Amazon over TLS."""
    sns.certificates_forget()
    sns.certificate_keep(tools.AMAZON_ADDRESS, tools.AMAZON_CERTIFICATE)


def test_amazon_asks_a_person_to_confirm(key):
    address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"
    asked = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:mails",
        "SubscribeURL": address,
        "Token": "abc",
        "Message": "You have chosen to subscribe",
    }
    assert send("amazon_ses", asked, key).status_code == 200
    kept = Rejection.objects.get()
    assert "confirm" in kept.reason
    assert json.loads(kept.payload["text"])["SubscribeURL"] == address
    send("amazon_ses", asked | {"SubscribeURL": "https://evil.example/"}, key)
    assert Rejection.objects.count() == 1


def test_amazons_old_signatures_are_understood_too(key):
    ann()
    assert send("amazon_ses", tools.CLICKED["amazon_ses"], key, version="1").json()["stored"] == 1
    assert send("amazon_ses", tools.CLICKED["amazon_ses"], key, version="3").status_code == 401


def refused(answer):
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_signature")
    assert not Event.objects.exists()
    assert not Rejection.objects.exists()
    assert not Suppression.objects.exists()


def test_what_amazon_did_not_sign_is_refused(key):
    ann()
    other = tools.rsa.generate_private_key(public_exponent=65537, key_size=2048)
    refused(send("amazon_ses", tools.COMPLAINED["amazon_ses"], key, private=other))
    body, kind, own = tools.post("amazon_ses", tools.COMPLAINED["amazon_ses"], "")
    for changed in (
        {"Signature": None}, {"Signature": "%%%"}, {"SignatureVersion": None},
        {"Subject": "added"}, {"TopicArn": "arn:aws:sns:eu-west-1:9:theirs"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem"},
        {"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://evil.s3.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://127.0.0.1/a.pem"},
        {"SigningCertURL": "https://a@sns.eu-west-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com/?a.exe"},
    ):  # fmt: skip
        sent = json.dumps(json.loads(body) | changed)
        headers = {"Authorization": f"Bearer {key}", **own}
        refused(Client().post("/v1/esp/amazon_ses", sent, content_type=kind, headers=headers))


def test_another_topic_that_amazon_signs_for_is_refused_where_ours_are_named(key, settings):
    settings.AMAZON_SNS_TOPICS = ["arn:aws:sns:eu-west-1:123456789012:ours"]
    refused(send("amazon_ses", tools.CLICKED["amazon_ses"], key))
    settings.AMAZON_SNS_TOPICS.append("arn:aws:sns:eu-west-1:123456789012:mails")
    assert send("amazon_ses", tools.CLICKED["amazon_ses"], key).json()["stored"] == 1


def test_a_certificate_that_does_not_hold_any_more_is_none(key, monkeypatch):
    message = json.loads(tools.post("amazon_ses", tools.CLICKED["amazon_ses"], "")[0])
    sns.check_message(message, now=datetime.now(UTC), topics=[])
    with pytest.raises(sns.NotFromAmazon, match="today"):
        sns.check_message(message, now=datetime.now(UTC) + timedelta(days=3), topics=[])


def test_without_amazons_certificate_it_is_to_be_sent_again(key):
    """The address is Amazon's, and fetched for real: from here nobody answers."""
    sns.certificates_forget()
    answer = send("amazon_ses", tools.CLICKED["amazon_ses"], key)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert not Event.objects.exists()
