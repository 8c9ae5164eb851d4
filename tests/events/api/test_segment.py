import base64
import gzip
import json
import threading

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import include, path

import events.api
from core.api_keys import api_key_create, api_key_for, api_key_revoke
from events.models import Event, Rejection
from tests.factories.events import message, write_key

urlpatterns = [path("v1/", include(events.api.urlpatterns))]

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.events.api.test_segment")]


@pytest.fixture
def key(db):
    return write_key()


def send(address, body, key="", *, client=None, content_type="application/json", **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {key}", **headers} if key else headers
    return (client or Client(enforce_csrf_checks=True)).post(
        f"/v1/{address}", content, content_type=content_type, headers=headers
    )


def basic(user):
    return "Basic " + base64.b64encode(f"{user}:".encode()).decode()


def test_a_batch_is_stored_and_counted(key):
    answer = send("batch", {"batch": [message(), message(type="identify", traits={"a": 1})]}, key)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "stored": 2,
        "duplicates": 0,
        "rejected": 0,
        "rejections": [],
    }
    assert set(Event.objects.values_list("source", flat=True)) == {key[:12]}


def test_a_batch_sent_again_changes_nothing(key):
    body = {"batch": [message(), message()]}
    send("batch", body, key)
    answer = send("batch", body, key)
    assert (answer.status_code, answer.json()["stored"], answer.json()["duplicates"]) == (200, 0, 2)
    assert Event.objects.count() == 2


@pytest.mark.parametrize("kind", ["track", "identify", "page", "screen", "group", "alias"])
def test_every_kind_has_its_address(key, kind):
    body = {**message(type=None), "previousId": "a1", "groupId": "g1"}
    assert send(kind, body, key).json() == {"success": True, "stored": 1, "duplicates": 0}
    assert Event.objects.get().kind == kind


def test_a_key_may_come_by_bearer_basic_or_in_the_body(key):
    by_basic = send("track", message(), Authorization=basic(key))
    by_body = send("track", {**message(), "writeKey": key})
    by_either = send("track", {**message(), "writeKey": key}, "an-oauth-token-of-another-system")
    by_bearer = send("track", message(), key)
    answers = [by_basic, by_body, by_either, by_bearer]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert not Event.objects.filter(properties__has_key="writeKey").exists()


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic !!!", "Basic /////w==", "Bearer", "Bearer ck_live_wrong", "Digest x"],
)
def test_without_a_key_nothing_is_stored(header):
    answer = send("batch", {"batch": [message()], "writeKey": "\ud800"}, Authorization=header)
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message"}
    assert not Event.objects.exists()


def test_a_key_for_something_else_opens_nothing():
    _, secret = api_key_create("decider", ["decide"])
    assert send("track", message(), secret).status_code == 401


def test_a_revoked_key_opens_nothing(key):
    from django.utils import timezone

    now = timezone.now()
    api_key_revoke(api_key_for(key, scope="events", now=now), now=now)
    assert send("track", message(), key).status_code == 401


def test_a_bad_message_does_not_stop_the_others_and_is_kept(key):
    bad = message(messageId="bad", userId=None)
    answer = send("batch", {"batch": [message(), bad, "nonsense", message()]}, key)
    assert answer.status_code == 200
    assert (answer.json()["stored"], answer.json()["rejected"]) == (2, 2)
    assert answer.json()["rejections"] == [
        {"position": 1, "reason": "userId or anonymousId is required"},
        {"position": 2, "reason": "is not a JSON object"},
    ]
    kept = Rejection.objects.order_by("id").first()
    assert json.loads(kept.payload["text"])["messageId"] == "bad"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_costs_its_message_only(key, number):
    body = json.dumps({"batch": [message(), message(properties={"a": "HERE"})]})
    answer = send("batch", body.replace('"HERE"', number).encode(), key)
    assert (answer.json()["stored"], answer.json()["rejected"]) == (1, 1)


def test_a_single_bad_event_is_answered_with_the_reason(key):
    answer = send("track", message(event=""), key)
    assert answer.status_code == 400
    assert answer.json() == {
        "code": "invalid_event",
        "message": "event is required: it says what was done",
    }
    assert not Rejection.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b"3", b'{"batch": {}}', b"{}", b"[" * 90_000]
)
def test_a_body_that_is_no_batch_is_answered_in_the_clients_words(key, body):
    answer = send("batch", body, key)
    assert answer.status_code in (400, 401)
    assert set(answer.json()) == {"code", "message"}


def test_an_empty_batch_is_a_success(key):
    assert send("batch", {"batch": []}, key).json()["success"] is True


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_the_content_type_does_not_matter(key, content_type):
    assert send("track", message(), key, content_type=content_type).status_code == 200


def test_a_packed_body_is_unpacked(key):
    body = gzip.compress(json.dumps({"batch": [message()]}).encode())
    answer = send("batch", body, key, **{"Content-Encoding": "gzip"})
    assert answer.json()["stored"] == 1


def test_a_packed_body_that_unpacks_to_too_much_is_refused_unopened(key):
    bomb = gzip.compress(b'{"batch": [' + b" " * 50_000_000 + b"]}", mtime=0)
    assert send("batch", bomb, key, **{"Content-Encoding": "gzip"}).status_code == 413


@pytest.mark.parametrize("body", [b"not packed", gzip.compress(b'{"batch": []}', mtime=0)[:-9]])
def test_a_body_that_only_says_it_is_packed_is_refused(key, body):
    assert send("batch", body, key, **{"Content-Encoding": "gzip"}).status_code == 400


def test_a_batch_above_the_limit_is_refused_with_the_limit(key):
    answer = send("batch", b"x" * 512_001, key)
    assert answer.status_code == 413
    assert "512,000 bytes" in answer.json()["message"]
    assert send("track", b"x" * 70_000, key).status_code == 413


def test_a_batch_of_too_many_messages_is_refused_whole(key):
    assert send("batch", {"batch": [0] * 10_001}, key).status_code == 413
    assert not Rejection.objects.exists()


def test_an_event_above_the_limit_is_refused(key):
    big = message(properties={"a": "x" * 33_000})
    assert send("track", big, key).status_code == 400
    assert send("batch", {"batch": [big, message()]}, key).json()["rejected"] == 1
    assert Rejection.objects.get().payload["is_whole"] is False


@pytest.mark.parametrize("address", ["batch", "track"])
def test_only_post_is_taken_and_nothing_redirects(address):
    answer = Client().get(f"/v1/{address}")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert Client().post(f"/v1/{address}/").status_code == 404


def test_a_database_that_does_not_answer_is_told_to_try_again(key, monkeypatch):
    def refuse(*_, **__):
        raise OperationalError("the connection is gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = send("track", message(), key)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert set(answer.json()) == {"code", "message"}


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_twenty_times_at_once_is_stored_once(key):
    body = {"batch": [message() for _ in range(100)]}
    answers = []

    def call():
        answers.append(send("batch", body, key))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(20)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [answer.status_code for answer in answers] == [200] * 20
    assert sum(answer.json()["stored"] for answer in answers) == 100
    assert sum(answer.json()["duplicates"] for answer in answers) == 1_900
    assert Event.objects.count() == 100


@pytest.mark.parametrize(
    ("short", "kind"),
    [("t", "track"), ("i", "identify"), ("p", "page"), ("s", "screen"), ("g", "group")],
)
def test_browsers_short_addresses_are_the_same_doors(key, short, kind):
    answer = send(short, {**message(type=None), "writeKey": key}, content_type="text/plain")
    assert answer.json()["stored"] == 1
    assert Event.objects.get().kind == kind


def test_a_browsers_batch_and_its_report_on_itself(key):
    batch = {"batch": [message()], "writeKey": key, "sentAt": "2026-11-23T12:00:00.000Z"}
    assert send("b", batch, content_type="text/plain").json()["stored"] == 1
    assert send("m", {"series": [{"metric": "x"}]}).json() == {"success": True}
    assert Event.objects.count() == 1


def test_any_page_may_send_and_read_the_answer_and_no_cookie_goes_along(key):
    asked = Client().options("/v1/b", headers={"Origin": "https://shop.example"})
    assert asked.status_code == 204
    assert "POST" in asked["Access-Control-Allow-Methods"]
    assert "Authorization" in asked["Access-Control-Allow-Headers"]
    for answer in (asked, send("track", message(), key), send("track", {}, "wrong")):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("header", ["{key}", "Basic {key}", "bearer {key}"])
def test_a_key_may_be_bare_as_dittofeeds_client_sends_it(key, header):
    answer = send("batch", {"batch": [message()]}, Authorization=header.format(key=key))
    assert answer.json()["stored"] == 1


def test_a_key_that_sends_too_much_is_told_when_to_come_back():
    _, secret = api_key_create("busy", ["events"], requests_per_minute=2)
    answers = [send("track", message(), secret) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert answers[2].json()["code"] == "rate_limited"
    assert Event.objects.count() == 2


def test_what_a_robot_did_is_flagged_as_it_comes_in(key):
    robot = message(context={"userAgent": "curl/8.4.0"}, event="Product Viewed", properties={})
    send("batch", {"batch": [robot, message()]}, key)
    flags = dict(Event.objects.values_list("name", "bot_reasons"))
    assert flags == {"Product Viewed": ["robot_name"], "Order Completed": []}
