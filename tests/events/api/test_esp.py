import base64
import json
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connection
from django.test import Client

from core.api_keys import api_key_create
from events.esp import sns
from events.esp.providers import PROVIDERS
from events.models import AddressWaiting, Event, Rejection
from privacy.addresses import address_digest, address_subject
from privacy.models import KnownAddress, Suppression
from tests.events.api import esp_payloads as tools
from tests.factories.events import write_key

pytestmark = pytest.mark.django_db

SIGNED = sorted(key for key, provider in PROVIDERS.items() if provider.setting)
# MailerSend and Postal carry no metadata: their mails are known by the address.
NAMELESS = ("mailersend", "postal")


@pytest.fixture(autouse=True)
def keys(settings):
    settings.ESP_SIGNING_KEYS = tools.KEYS
    # As if it had been fetched before: nobody here can answer as Amazon over TLS.
    sns.certificates_forget()
    sns.certificate_keep(tools.AMAZON_ADDRESS, tools.AMAZON_CERTIFICATE)


@pytest.fixture
def key():
    return write_key()


def ann(**given):
    return KnownAddress.objects.create(
        **{
            "digest": address_digest(tools.ADDRESS),
            "subject_id": uuid4(),
            "unit_id": "u1",
            "rank": 1,
            **given,
        }
    )


def send(tool, event, key, *, by_address=False, headers=None, **signing):
    address = f"/v1/esp/{tool}/{key}" if by_address else f"/v1/esp/{tool}"
    body, content_type, own = tools.post(tool, event, f"http://testserver{address}", **signing)
    allowed = {} if by_address else {"Authorization": f"Bearer {key}"}
    return Client(enforce_csrf_checks=True).post(
        address, body, content_type=content_type, headers={**allowed, **own, **(headers or {})}
    )


def everything_stored():
    rows = [*Event.objects.values(), *Rejection.objects.values(), *Suppression.objects.values()]
    return json.dumps(rows, cls=DjangoJSONEncoder).lower()


def test_every_tool_that_anymail_reads_is_known():
    assert set(tools.CLICKED) == set(PROVIDERS)
    assert len(PROVIDERS) == 13


@pytest.mark.parametrize("tool", sorted(PROVIDERS))
def test_a_click_is_in_the_log_under_the_contact_and_without_the_address(tool, key):
    ann()
    answer = send(tool, tools.CLICKED[tool], key)
    assert answer.status_code == 200, answer.content
    assert answer.json()["stored"] == 1
    event = Event.objects.get()
    assert (event.name, event.unit_id, event.source) == ("Email Link Clicked", "u1", f"esp:{tool}")
    assert event.properties["url"] == tools.LINK
    assert event.bot_reasons == []
    assert "ann@" not in everything_stored()


# Amazon's events happened when SNS signed them: just now.
@pytest.mark.parametrize("tool", sorted(set(PROVIDERS) - {"amazon_ses"}))
def test_a_click_happened_when_the_tool_says(tool, key):
    send(tool, tools.CLICKED[tool], key)
    happened = Event.objects.get().occurred_at.replace(microsecond=0)
    assert happened == datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("tool", sorted(set(PROVIDERS) - set(NAMELESS)))
def test_metadata_of_the_mail_says_which_mail_it_was(tool, key):
    send(tool, tools.CLICKED[tool], key)
    event = Event.objects.get()
    assert event.unit_id == "u1"
    said = {name: event.properties[name] for name in ("campaign", "delivery", "arm")}
    assert said == {"campaign": "autumn", "delivery": "d1", "arm": "urgency"}


@pytest.mark.parametrize("tool", sorted(set(PROVIDERS) - {"brevo"}))
def test_of_a_visitors_address_only_the_network_is_kept(tool, key):
    ann()
    send(tool, tools.CLICKED[tool], key)
    assert Event.objects.get().context["network"] == "203.0.113.0/24"
    assert "203.0.113.7" not in everything_stored()


@pytest.mark.parametrize("tool", sorted(PROVIDERS))
def test_a_report_sent_again_changes_nothing(tool, key):
    ann()
    send(tool, tools.CLICKED[tool], key)
    again = send(tool, tools.CLICKED[tool], key)
    assert (again.json()["stored"], again.json()["duplicates"]) == (0, 1)
    assert Event.objects.count() == 1


@pytest.mark.parametrize("tool", sorted(PROVIDERS))
def test_an_address_that_does_not_exist_is_never_written_to_again(tool, key):
    known = ann()
    assert send(tool, tools.BOUNCED_FOR_GOOD[tool], key).status_code == 200
    reasons = dict(Suppression.objects.values_list("subject_id", "reason"))
    assert reasons[known.subject_id] == "bounced"
    assert reasons[address_subject(tools.ADDRESS)] == "bounced"
    assert Event.objects.get().properties["isPermanent"] is True
    assert "ann@" not in everything_stored()


@pytest.mark.parametrize("tool", sorted(PROVIDERS))
def test_a_full_mailbox_is_written_to_again(tool, key):
    ann()
    assert send(tool, tools.BOUNCED_FOR_NOW[tool], key).json()["stored"] == 1
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("tool", sorted(tools.COMPLAINED))
def test_a_complaint_is_heard(tool, key):
    known = ann()
    assert send(tool, tools.COMPLAINED[tool], key).json()["stored"] == 1
    assert Suppression.objects.get(subject_id=known.subject_id).reason == "complained"
    assert Event.objects.get().name == "Email Marked as Spam"


@pytest.mark.parametrize("tool", sorted(tools.UNSUBSCRIBED))
def test_an_unsubscription_is_heard(tool, key):
    known = ann()
    assert send(tool, tools.UNSUBSCRIBED[tool], key).json()["stored"] == 1
    assert Suppression.objects.get(subject_id=known.subject_id).reason == "unsubscribed"


@pytest.mark.parametrize("tool", SIGNED)
def test_a_forged_signature_is_refused(tool, key, settings):
    other = tools.KEYS | {
        "RESEND_SIGNING_SECRET": ["whsec_" + base64.b64encode(b"x" * 32).decode()]
    }
    other |= {name: ["another-key"] for name in tools.KEYS if "KEY" in name or "SECRET" in name}
    other["RESEND_SIGNING_SECRET"] = ["whsec_" + base64.b64encode(b"x" * 32).decode()]
    other["POSTAL_WEBHOOK_KEY"] = [
        tools.public_text(tools.rsa.generate_private_key(public_exponent=65537, key_size=2048))
    ]
    other["SENDGRID_WEBHOOK_VERIFICATION_KEY"] = [
        tools.public_text(tools.ec.generate_private_key(tools.ec.SECP256R1()))
    ]
    settings.ESP_SIGNING_KEYS = other
    answer = send(tool, tools.BOUNCED_FOR_GOOD[tool], key)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_signature")
    assert not Event.objects.exists()
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("tool", ["amazon_ses", *sorted(set(SIGNED) - {"mailgun"})])
def test_a_body_that_was_changed_is_refused(tool, key):
    address = f"/v1/esp/{tool}"
    body, kind, own = tools.post(tool, tools.CLICKED[tool], f"http://testserver{address}")
    changed = body.replace(b"autumn", b"winter")
    assert changed != body
    answer = Client().post(
        address, changed, content_type=kind, headers={"Authorization": f"Bearer {key}", **own}
    )
    assert answer.status_code == 401
    assert not Event.objects.exists()


@pytest.mark.parametrize("tool", ["amazon_ses", "mailgun", "sendgrid", "resend"])
@pytest.mark.parametrize("away", [-2 * 86_400, 86_400])
def test_a_signature_of_another_time_is_refused(tool, key, away):
    answer = send(tool, tools.BOUNCED_FOR_GOOD[tool], key, at=time.time() + away)
    assert answer.status_code == 401
    assert not Event.objects.exists()


def test_a_recorded_unsubscription_cannot_be_played_again(key):
    known = ann()
    send("mailgun", tools.UNSUBSCRIBED["mailgun"], key)
    Suppression.objects.all().delete()
    again = send("mailgun", tools.UNSUBSCRIBED["mailgun"], key, token="u" * 50)
    assert again.json() == {
        "success": True, "stored": 0, "duplicates": 1, "rejected": 0, "ignored": 0,
    }  # fmt: skip
    assert not Suppression.objects.filter(subject_id=known.subject_id).exists()


@pytest.mark.parametrize("tool", SIGNED)
def test_a_tool_that_signs_is_not_heard_without_its_signing_key(tool, key, settings):
    settings.ESP_SIGNING_KEYS = {}
    answer = send(tool, tools.CLICKED[tool], key)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_configured")
    assert PROVIDERS[tool].setting in answer.json()["message"]


@pytest.mark.parametrize("tool", SIGNED)
def test_while_a_signing_key_is_replaced_the_old_one_holds(tool, key, settings):
    ann()
    good = tools.KEYS[PROVIDERS[tool].setting]
    other = {
        "RESEND_SIGNING_SECRET": "whsec_" + base64.b64encode(b"x" * 32).decode(),
        "SENDGRID_WEBHOOK_VERIFICATION_KEY": tools.public_text(
            tools.ec.generate_private_key(tools.ec.SECP256R1())
        ),
        "POSTAL_WEBHOOK_KEY": tools.public_text(
            tools.rsa.generate_private_key(public_exponent=65537, key_size=2048)
        ),
    }.get(PROVIDERS[tool].setting, "new-key")
    settings.ESP_SIGNING_KEYS = {PROVIDERS[tool].setting: [other, *good]}
    assert send(tool, tools.CLICKED[tool], key).status_code == 200


@pytest.mark.parametrize("tool", sorted(PROVIDERS))
def test_without_an_api_key_nothing_is_read(tool):
    answer = send(tool, tools.CLICKED[tool], "ck_live_wrong")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_key")
    # Amazon sends no password before it is asked for one.
    assert answer["WWW-Authenticate"].startswith("Basic ")
    assert not Event.objects.exists()


def test_a_key_for_something_else_opens_nothing():
    _, secret = api_key_create("decider", ["decide"])
    assert send("postmark", tools.CLICKED["postmark"], secret).status_code == 401


@pytest.mark.parametrize("tool", sorted(PROVIDERS))
def test_the_key_may_be_the_end_of_the_address(tool, key):
    assert send(tool, tools.CLICKED[tool], key, by_address=True).status_code == 200


@pytest.mark.parametrize("pair", ["{key}:", "copylift:{key}"])
def test_the_key_may_be_the_user_or_the_password(key, pair):
    word = base64.b64encode(pair.format(key=key).encode()).decode()
    answer = send(
        "postmark", tools.CLICKED["postmark"], "", headers={"Authorization": f"Basic {word}"}
    )
    assert answer.status_code == 200


def test_a_tool_may_look_whether_anybody_is_there(client):
    assert client.head("/v1/esp/mandrill").status_code == 200
    assert client.get("/v1/esp/unisender_go").status_code == 200
    assert client.get("/v1/esp/nonsense").status_code == 405


def test_a_tool_nobody_knows_is_told_which_are_known(key):
    answer = Client().post("/v1/esp/nonsense", b"{}", content_type="application/json")
    assert answer.status_code == 404
    assert "postmark" in answer.json()["message"]


def test_an_address_that_is_nobodys_yet_waits(key):
    event = tools.brevo("hard_bounce") | {"X-Mailin-custom": "{}"}
    send("brevo", event, key)
    digest = address_digest(tools.ADDRESS)
    assert Event.objects.get().unit_id == f"address:{digest}"
    assert AddressWaiting.objects.get().digest == digest
    # Whoever it belongs to, now or later, is found by the address's own subject.
    assert Suppression.objects.get().subject_id == address_subject(tools.ADDRESS)


def test_of_two_with_one_address_both_are_suppressed_and_the_older_one_did_it(key):
    ann(unit_id="young", rank=9)
    ann(unit_id="old", rank=2)
    event = tools.brevo("hard_bounce") | {"X-Mailin-custom": "{}"}
    send("brevo", event, key)
    assert Event.objects.get().unit_id == "old"
    assert Suppression.objects.count() == 3


def test_a_notice_to_two_is_an_event_of_each(key):
    recipients = [{"emailAddress": "a@shop.example"}, {"emailAddress": "b@shop.example"}]
    event = tools.amazon_ses("Complaint", complainedRecipients=recipients)
    inner = json.loads(event["Message"])
    inner["mail"]["headers"] = []
    send("amazon_ses", event | {"Message": json.dumps(inner)}, key)
    assert Event.objects.count() == 2


@pytest.mark.parametrize("tool", ["amazon_ses", "resend"])
def test_a_click_that_may_be_anybodys_is_nobodys(tool, key):
    event = json.loads(json.dumps(tools.CLICKED[tool]))
    if tool == "resend":
        event["data"]["to"].append("other@shop.example")
    else:
        inner = json.loads(event["Message"])
        inner["mail"]["destination"].append("other@shop.example")
        event["Message"] = json.dumps(inner)
    answer = send(tool, event, key).json()
    assert (answer["stored"], answer["ignored"] > 0) == (0, True)


def test_mailguns_older_form_is_read_too(key):
    ann()
    stamp, token = str(int(time.time())), "t" * 50
    form = {
        "event": "bounced",
        "recipient": tools.ADDRESS,
        "Message-Id": "<mg1@mg.shop.example>",
        "code": "550",
        "error": f"550 <{tools.ADDRESS}> unknown",
        "contact": "u1",
        "timestamp": stamp,
        "token": token,
        "signature": tools.hmac.new(
            tools.MAILGUN_KEY.encode(), f"{stamp}{token}".encode(), "sha256"
        ).hexdigest(),
    }
    answer = Client().post("/v1/esp/mailgun", form, headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["stored"] == 1
    assert Suppression.objects.count() == 2
    assert "ann@" not in everything_stored()


def test_a_whole_batch_is_one_answer(key):
    batch = [
        event | {"sg_event_id": f"{event['sg_event_id']}-{number}", "email": f"p{number}@x.example"}
        for number in range(300)
        for event in tools.sendgrid("delivered")
    ]
    assert send("sendgrid", batch, key).json()["stored"] == 300


@pytest.mark.parametrize(
    ("tool", "event", "reasons"),
    [
        ("sendgrid", tools.sendgrid("open", sg_machine_open=True), ["tool_says_so"]),
        ("sendgrid", tools.sendgrid("open", useragent="Mozilla/5.0"), ["apple_mpp"]),
        ("mailgun", tools.mailgun("opened", **{"client-info": {"bot": "apple"}}), ["tool_says_so"]),
        ("mailgun", tools.mailgun("opened", **{"client-info": {"bot": "gmail"}}), []),
        ("brevo", tools.brevo("unique_proxy_open"), ["tool_says_so"]),
        (
            "sparkpost",
            tools.sparkpost("open", "track_event", is_prefetched=True),
            ["tool_says_so"],
        ),
        ("mailjet", tools.mailjet("click", url=tools.LINK, ip="209.222.82.1"), ["scanner_network"]),
        (
            "mandrill",
            tools.mandrill("click", url=tools.LINK, user_agent="curl/8.4.0"),
            ["robot_name"],
        ),
    ],
)
def test_what_a_machine_did_is_flagged_with_the_reason(tool, event, reasons, key):
    send(tool, event, key)
    assert Event.objects.get().bot_reasons == reasons


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


@pytest.mark.parametrize("stamp", [0, 253_402_300_799, 10**18])
def test_an_event_of_an_impossible_time_is_kept_as_a_refusal_without_the_address(key, stamp):
    answer = send("mailjet", tools.mailjet("bounce", hard_bounce=True) | {"time": stamp}, key)
    assert answer.status_code in (200, 400)
    assert not Event.objects.exists()
    assert not Suppression.objects.exists()
    assert "ann@" not in everything_stored()


def test_a_database_that_does_not_answer_is_told_to_try_again(key, monkeypatch):
    def refuse(*_, **__):
        raise OperationalError("the connection is gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = send("postmark", tools.CLICKED["postmark"], key)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
