"""Webhooks out, to a real receiver, checked by the reference library."""

import base64
import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from core.errors import DomainError, InputRefused
from core.fetching import AddressRefused
from core.models import AuditEntry, WebhookAttempt, WebhookDelivery, WebhookMessage
from core.webhooks.posting import post
from core.webhooks.schedule import MOST_ATTEMPTS, PAUSES
from core.webhooks.sending import deliveries_send, due_count
from core.webhooks.services import (
    deliveries_replay,
    deliveries_replay_since,
    messages_prune,
    webhook_change,
    webhook_create,
    webhook_publish,
    webhook_secret,
    webhook_secret_rotate,
)

pytestmark = pytest.mark.django_db


def now():
    # The reference library holds timestamps against its own clock.
    return datetime.now(UTC)


def send(at=None):
    return deliveries_send(now=at or now(), rng=Random(1))


@pytest.fixture
def endpoint(receiver, owner):
    return webhook_create("CRM", receiver.url, actor=owner)[0]


def publish(kind="lamp.lit", at=None, **content):
    return webhook_publish(kind, content or {"lamp": 7}, now=at or now())


def delivery():
    return WebhookDelivery.objects.select_related("endpoint").get()


def test_what_arrives_is_verified_by_the_reference_library(endpoint, receiver):
    message_id = publish(lamp=7, where="Küche")
    assert send() == 1
    headers, body = receiver.got[0]
    verified = Webhook(webhook_secret(endpoint)).verify(body, headers)
    assert verified["type"] == "lamp.lit"
    assert verified["data"] == {"lamp": 7, "where": "Küche"}
    assert headers["webhook-id"] == message_id
    assert headers["Content-Type"] == "application/json"
    assert delivery().state == "delivered"


def test_another_secret_does_not_verify(endpoint, receiver, owner):
    _, secret = webhook_create("other", receiver.url, kinds=["lamp.out"], actor=owner)
    publish()
    send()
    headers, body = receiver.got[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)
    assert base64.b64decode(secret.removeprefix("whsec_")).__len__() == 32


def test_for_the_overlap_both_secrets_verify_and_then_only_the_new_one(endpoint, receiver):
    old = webhook_secret(endpoint)
    at = now()
    new = webhook_secret_rotate(endpoint, now=at, overlap=timedelta(hours=1), actor=None)
    publish()
    send()
    headers, body = receiver.got[0]
    assert len(headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        Webhook(secret).verify(body, headers)
    webhook_secret_rotate(endpoint, now=at, overlap=timedelta(0), actor=None)
    publish()
    send()
    headers, body = receiver.got[1]
    assert len(headers["webhook-signature"].split()) == 1
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)


def test_the_outbox_is_kept_or_dropped_with_what_it_tells_of(endpoint):
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        publish()
        raise RuntimeError
    assert not WebhookMessage.objects.exists()


def test_an_endpoint_gets_only_what_it_asked_for(receiver, owner):
    webhook_create("CRM", receiver.url, kinds=["lamp.out"], actor=owner)
    assert publish("lamp.lit") is None
    assert publish("lamp.out")


def test_a_failure_is_tried_again_with_the_same_id_and_a_new_timestamp(endpoint, receiver):
    receiver.answer(500, body=b"oh no")
    receiver.answer(500)
    start = now()
    publish(at=start)
    send(start)
    assert send(start + timedelta(seconds=3)) == 0
    later = start + timedelta(seconds=7)
    assert send(later) == 1
    assert send(later + timedelta(minutes=7)) == 1
    ids = {headers["webhook-id"] for headers, _ in receiver.got}
    stamps = {headers["webhook-timestamp"] for headers, _ in receiver.got}
    assert (len(ids), len(stamps), len({body for _, body in receiver.got})) == (1, 3, 1)
    outcomes = list(WebhookAttempt.objects.order_by("at").values_list("status", "answer"))
    assert outcomes == [(500, "oh no"), (500, ""), (200, "ok")]
    assert delivery().state == "delivered"


def test_it_gives_up_after_the_last_pause(endpoint, receiver):
    at = now()
    publish(at=at)
    for _ in range(MOST_ATTEMPTS):
        receiver.answer(500)
        assert send(at) == 1
        at = delivery().due_at
    assert delivery().state == "failed"
    assert send(at + timedelta(days=9)) == 0
    assert sum(PAUSES, timedelta()) > timedelta(days=3)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(endpoint, receiver, status):
    receiver.answer(status, {"Location": receiver.url})
    publish()
    send()
    assert len(receiver.got) == 1
    assert delivery().state == "waiting"
    assert "redirects are not followed" in WebhookAttempt.objects.get().outcome


def test_410_switches_the_endpoint_off_and_stops_what_waits(endpoint, receiver):
    at = now()
    publish(at=at)
    publish(at=at + timedelta(hours=1))
    receiver.answer(410)
    send(at)
    endpoint.refresh_from_db()
    assert not endpoint.is_enabled
    assert "410" in endpoint.disabled_because
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"stopped"}
    assert publish() is None


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_for_the_whole_endpoint(endpoint, receiver, status):
    at = now()
    publish(at=at)
    receiver.answer(status, {"Retry-After": "600"})
    send(at)
    publish(at=at)
    assert send(at + timedelta(seconds=590)) == 0
    assert due_count(now=at + timedelta(seconds=590)) == 0
    assert send(at + timedelta(seconds=601)) == 2


def test_retry_after_does_not_shorten_our_own_pause(endpoint, receiver):
    at = now()
    publish(at=at)
    receiver.answer(503, {"Retry-After": "0"})
    send(at)
    assert delivery().due_at >= at + timedelta(seconds=4)


def test_two_workers_never_send_the_same_one(endpoint, receiver):
    from core.webhooks import sending

    publish()
    at = now()
    first, second = sending._claim(now=at), sending._claim(now=at)
    assert (len(first), len(second)) == (1, 0)


def test_a_dead_workers_claim_ends_by_itself(endpoint, receiver):
    from core.webhooks import sending

    at = now()
    publish(at=at)
    sending._claim(now=at)
    assert send(at + sending.CLAIM + timedelta(seconds=1)) == 1
    assert delivery().state == "delivered"


def test_a_receiver_that_drips_is_left_when_time_is_up(receiver):
    receiver.drip_seconds = 20
    posted = post(receiver.url, b"{}", {}, seconds=0.5)
    assert (posted.status, posted.error) == (None, "no answer within 0.5 seconds")


def test_a_receiver_that_is_not_there_is_a_failure_with_a_reason(receiver):
    receiver.server.server_close()
    posted = post(receiver.url, b"{}", {})
    assert posted.status is None
    assert posted.error


def test_a_long_answer_is_cut_off(endpoint, receiver):
    receiver.answer(500, body=b"x" * 5_000_000)
    publish()
    send()
    assert len(WebhookAttempt.objects.get().answer) == 500


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/hook",
        "http://localhost/hook",
        "http://[::1]/hook",
        "http://[::ffff:127.0.0.1]/hook",
        "http://0.0.0.0/hook",
        "http://10.1.2.3/hook",
        "http://172.16.0.1/hook",
        "http://192.168.1.1/hook",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/hook",
        "http://2130706433/hook",
        "http://0x7f.1/hook",
        "http://[fd00::1]/hook",
        "http://[64:ff9b::7f00:1]/hook",
        "https://user:password@example.com/hook",
        "ftp://example.com/hook",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "http://example.com\r\nX-Evil: 1/hook",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_leads_inward_is_refused(owner, url):
    with pytest.raises(InputRefused) as refused:
        webhook_create("evil", url, actor=owner)
    assert refused.value.field == "url"


def test_a_name_that_turns_inward_later_is_caught_when_it_is_sent(
    endpoint, receiver, settings, monkeypatch
):
    publish()
    settings.FETCH_ALLOWED_HOSTS = []
    send()
    assert receiver.got == []
    assert "inside a network" in WebhookAttempt.objects.get().outcome


def test_the_connection_goes_to_the_address_that_was_judged(receiver, settings, monkeypatch):
    """A name that means something else a moment later is not asked for again."""
    import socket

    from core import fetching

    asked = []

    def resolve(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    settings.FETCH_ALLOWED_HOSTS = ["rebinding.example"]
    url = receiver.url.replace("127.0.0.1", "rebinding.example")
    with monkeypatch.context() as patched:
        patched.setattr(fetching.socket, "getaddrinfo", resolve)
        target = fetching.judge(url)
    monkeypatch.setattr("core.webhooks.posting.judge", lambda _: target)
    assert post(url, b"{}", {}).status == 200
    assert asked == ["rebinding.example"]
    assert receiver.got[0][0]["Host"].startswith("rebinding.example:")


def test_a_replay_sends_the_same_bytes_again(endpoint, receiver, owner):
    publish()
    send()
    assert deliveries_replay([delivery().pk], now=now(), actor=owner) == 1
    send()
    (first, body), (again, same) = receiver.got
    assert (first["webhook-id"], body) == (again["webhook-id"], same)
    assert WebhookAttempt.objects.count() == 2
    assert AuditEntry.objects.filter(action="deliveries_replay").exists()


def test_what_was_missed_since_a_time_is_sent_again(endpoint, receiver, owner):
    at = now() - timedelta(days=2)
    for hours in (0, 30):
        publish(at=at + timedelta(hours=hours))
    WebhookDelivery.objects.update(state="failed")
    since = at + timedelta(hours=24)
    assert deliveries_replay_since(endpoint, since, now=now(), actor=owner) == 1
    assert send() == 1


def test_nothing_is_replayed_to_an_endpoint_that_is_off(endpoint, receiver, owner):
    publish()
    webhook_change(endpoint, name="CRM", url=receiver.url, kinds=[], is_enabled=False, actor=owner)
    assert delivery().state == "stopped"
    with pytest.raises(DomainError, match="switched off"):
        deliveries_replay([delivery().pk], now=now(), actor=owner)


def test_the_secret_is_in_no_table(endpoint):
    secret = webhook_secret(endpoint)
    stored = f"{vars(endpoint)}{list(AuditEntry.objects.values())}"
    assert secret not in stored
    assert secret.removeprefix("whsec_") not in stored


def test_an_unknown_kind_is_a_mistake_of_ours_and_of_an_endpoint_refused(receiver, owner):
    with pytest.raises(ValueError, match="no registered kind"):
        webhook_publish("lamp.stolen", {}, now=now())
    with pytest.raises(InputRefused, match=r"lamp\.stolen"):
        webhook_create("CRM", receiver.url, kinds=["lamp.stolen"], actor=owner)


def test_old_messages_are_forgotten_and_waiting_ones_are_not(endpoint, receiver):
    at = now() - timedelta(days=40)
    publish(at=at)
    send(at)
    publish(at=at)
    assert messages_prune(before=now() - timedelta(days=30)) == 1
    assert delivery().state == "waiting"


def test_the_body_is_json_of_type_timestamp_and_data(endpoint, receiver):
    publish(at=datetime(2026, 11, 23, 15, 30, tzinfo=UTC))
    send()
    assert json.loads(receiver.got[0][1]) == {
        "type": "lamp.lit",
        "timestamp": "2026-11-23T15:30:00+00:00",
        "data": {"lamp": 7},
    }


def test_addresses_are_judged_by_the_same_rule_as_everywhere():
    with pytest.raises(AddressRefused):
        webhook_create("x", "http://127.0.0.1:1/", actor=None)
