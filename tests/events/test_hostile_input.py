"""Hostile input through every door that lets events in: a clear answer, nothing stored or shown."""

import gzip
import json
import zlib
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from events import links
from events.esp.providers import PROVIDERS
from events.links import Mail
from events.models import AddressWaiting, Event, Rejection
from privacy.models import Suppression
from tests.events.api import esp_payloads as tools
from tests.factories.events import message, write_key

pytestmark = pytest.mark.django_db

SECRET = "a-secret-that-was-sent"
BYTES = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"batch": [{"userId": "\xff\xfe"}]}',
    "UTF-16": '{"batch": []}'.encode("utf-16"),
    "a NUL": b'{"batch": "\x00"}',
    "a list": b"[1, 2]",
    "a number": b"7",
    "null": b"null",
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"batch":' * 20_000,
    "deep and whole": b'{"batch": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "an endless number": b'{"batch": ' + b"9" * 100_000 + b"}",
    "an endless exponent": b'{"batch": 1e999999999}',
    "a text for a list": b'{"batch": "track"}',
    "too much": b'{"batch": "' + b"x" * 600_000 + b'"}',
    "too much for any tool": b"x" * 5_000_000,
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "pickle": b"cos\nsystem\n(S'true'\ntR.",
    "a form": b"batch=1&writeKey=2",
}
MESSAGES = {
    "a list for an id": {"userId": ["u1"]},
    "an object for an id": {"userId": {"$ne": None}},
    "a truth for an id": {"userId": True},
    "no id": {"userId": None},
    "an empty id": {"userId": "  "},
    "a long id": {"userId": "x" * 201},
    "a header in an id": {"userId": "u1\r\nSet-Cookie: a=b"},
    "a NUL in an id": {"userId": "u\x00"},
    "half a letter": {"userId": "\ud800"},
    "a header in a name": {"event": "Order\nBcc: all@shop.example"},
    "an object for a name": {"event": {}},
    "a long name": {"event": "x" * 201},
    "a kind nobody knows": {"type": "drop"},
    "a list for a kind": {"type": ["track"]},
    "a list for properties": {"properties": [1]},
    "a text for properties": {"properties": "x"},
    "a NUL deep inside": {"properties": {"a": [{"b": "\x00"}]}},
    "a NUL in a key": {"properties": {"\x00": 1}},
    "a text for a context": {"context": "x"},
    "a number for a time": {"timestamp": 7},
    "a time that is none": {"timestamp": "soon"},
    "an ancient time": {"timestamp": "1899-01-01T00:00:00Z"},
    "a future time": {"timestamp": "2999-01-01T00:00:00Z"},
    "the last time": {"timestamp": "9999-12-31T23:59:59Z", "sentAt": "0001-01-01T00:00:00Z"},
    "too much money": {"properties": {"revenue": 10**30}},
    "too much of everything": {"properties": {"a": "x" * 40_000}},
    "too deep": {"properties": json.loads('{"a":' * 300 + "1" + "}" * 300)},
}
AS_THEY_ARE = {
    "SQL": "'; DROP TABLE events_event; --",
    "a template": "{{ 7 * 7 }}{% debug %}${7*7}<%= 7 %>",
    "a script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a formula": '=HYPERLINK("http://evil.example","x")',
    "a format": "%s%s%n {0.__class__} %(x)s",
    "right to left": "a\u202eb",
}


@pytest.fixture
def key():
    return write_key()


def post(address, body, key="", **headers):
    allowed = {"Authorization": f"Bearer {key}"} if key else {}
    return Client(raise_request_exception=False).post(
        address, body, content_type="application/json", headers={**allowed, **headers}
    )


def nothing_is_stored():
    models = (Event, Suppression, AddressWaiting)
    return not any(model.objects.exists() for model in models)


def is_clear(answer):
    said = answer.json()
    return set(said) == {"code", "message"} and len(said["message"]) < 400


@pytest.mark.parametrize("name", BYTES)
@pytest.mark.parametrize(
    "address", ["/v1/batch", "/v1/track", "/v1/identify", "/api/public/apps/batch", "/v1/b"]
)
def test_a_body_that_is_none_is_refused_clearly(address, name, key):
    answer = post(address, BYTES[name], key)
    assert answer.status_code in (400, 401, 413)
    assert is_clear(answer)
    assert nothing_is_stored()
    assert not Rejection.objects.exists()


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_that_is_none_is_named_and_costs_nobody_else(name, key):
    body = json.dumps({"batch": [message(), message(**MESSAGES[name]), message()]}).encode()
    answer = post("/v1/batch", body, key).json()
    assert (answer["stored"], answer["rejected"]) == (2, 1)
    assert answer["rejections"][0]["position"] == 1
    assert Event.objects.count() == 2
    alone = post("/v1/track", json.dumps(message(**MESSAGES[name] | {"type": "x"})).encode(), key)
    only_by_kind = "kind" in name
    assert only_by_kind or (alone.status_code in (400, 413) and is_clear(alone))


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(b" " * 50_000_000, mtime=0),
        gzip.compress(gzip.compress(b'{"batch": []}', mtime=0), mtime=0),
        zlib.compress(b'{"batch": []}'),
        b"\x1f\x8b" + b"\x00" * 100,
        b"",
    ],
)
def test_a_packed_body_that_is_a_trap_is_refused(packed, key):
    answer = post("/v1/batch", packed, key, **{"Content-Encoding": "gzip"})
    assert answer.status_code in (400, 413)
    assert is_clear(answer)


@pytest.mark.parametrize("name", AS_THEY_ARE)
def test_words_that_mean_something_elsewhere_mean_nothing_here(name, key, admin_client):
    text = AS_THEY_ARE[name]
    said = message(userId=text, event=text, properties={text: text}, context={"userAgent": text})
    assert post("/v1/batch", json.dumps({"batch": [said]}).encode(), key).json()["stored"] == 1
    event = Event.objects.get()
    assert (event.unit_id, event.name, event.properties) == (text, text, {text: text})
    pages = [
        admin_client.get(reverse("admin:events_event_changelist")),
        admin_client.get(reverse("admin:events_event_change", args=[event.pk])),
        admin_client.get(reverse("admin:events_event_changelist"), {"q": text}),
    ]
    for page in pages:
        assert page.status_code == 200
        assert b"<script>alert" not in page.content
        assert b"<img src=x" not in page.content


def test_a_refused_message_is_shown_as_text(key, admin_client):
    said = message(userId=None, event="<script>alert(1)</script>")
    post("/v1/batch", json.dumps({"batch": [said]}).encode(), key)
    address = reverse("admin:events_rejection_change", args=[Rejection.objects.get().pk])
    assert b"<script>alert" not in admin_client.get(address).content


@pytest.mark.parametrize(
    "header",
    [
        "Bearer " + "x" * 7_000,
        "Basic " + "=" * 500,
        "Basic ////",
        "Bearer \x7f",
        "Bearer é",
        "Bearer ck_live_' OR 1=1 --",
        "",
    ],
)
def test_a_key_that_is_none_opens_no_door(header):
    body = json.dumps({"batch": [message()]}).encode()
    for address in ("/v1/batch", "/v1/track", "/v1/esp/postmark"):
        answer = post(address, body, Authorization=header)
        assert answer.status_code == 401
        assert is_clear(answer)
    assert nothing_is_stored()


@pytest.mark.parametrize("tool", sorted(PROVIDERS))
@pytest.mark.parametrize("name", BYTES)
def test_a_webhook_of_another_shape_is_refused(tool, name, key, settings):
    settings.ESP_SIGNING_KEYS = tools.KEYS
    answer = post(f"/v1/esp/{tool}", BYTES[name], key)
    # An object that names no event we know is thanked for: tools send more kinds than we need.
    is_ignored = answer.status_code == 200 and answer.json()["ignored"] == 1
    assert is_ignored or (answer.status_code in (400, 401, 413) and is_clear(answer))
    assert nothing_is_stored()


@pytest.mark.parametrize("tool", sorted(PROVIDERS))
@pytest.mark.parametrize(
    "hostile",
    [
        {},
        [],
        [[]],
        7,
        "x",
        None,
        {"event": SECRET},
        [{"event": {"a": SECRET}}],
        {"event-data": SECRET},
        {"data": SECRET, "type": "email.opened"},
        {"RecordType": ["Open"], "ReceivedAt": SECRET},
        {"events": [{"event": 7}]},
        [{"msys": SECRET}],
        {"events_by_user": [], "auth": "AUTH"},
        {"auth": "AUTH"},
        {"payload": SECRET, "timestamp": SECRET},
    ],
    ids=str,
)
def test_a_signed_webhook_of_another_shape_is_refused_too(tool, hostile, key, settings):
    settings.ESP_SIGNING_KEYS = tools.KEYS
    address = f"http://testserver/v1/esp/{tool}"
    try:
        body, kind, headers = tools.post(tool, hostile, address)
    except (TypeError, KeyError, ValueError):
        body, kind, headers = json.dumps(hostile).encode(), "application/json", {}
    answer = Client(raise_request_exception=False).post(
        address, body, content_type=kind, headers={"Authorization": f"Bearer {key}", **headers}
    )
    assert answer.status_code in (200, 400, 401)
    assert nothing_is_stored()
    kept = json.dumps(list(Rejection.objects.values("reason", "payload")))
    assert SECRET not in kept + answer.content.decode()


@pytest.mark.parametrize("address", [b"o", b"c", b"u"])
@pytest.mark.parametrize(
    "token",
    [
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "%00",
        "%0d%0aLocation:%20http:%2f%2fevil",
        "%ff",
        "'--",
        "{{7*7}}",
    ],
)
def test_a_forged_token_does_nothing(address, token):
    door = address.decode()
    path = f"/{door}/{token}" + (".gif" if door == "o" else "")
    answer = Client(raise_request_exception=False).get(path)
    assert answer.status_code in (200, 404)
    assert "Location" not in answer
    assert b"evil" not in answer.content
    assert nothing_is_stored()


def test_a_token_of_another_installation_does_nothing(settings):
    settings.PUBLIC_URL = ""
    mail = Mail("u1", uuid4(), "autumn")
    address = links.tracked_link(mail, "https://evil.example/")
    way_out = links.unsubscribe_link(mail)
    settings.SECRET_KEY = "another installation's key, as long as it takes to be one"
    assert Client().get(address).status_code == 404
    assert Client().post(way_out).status_code == 404
    assert nothing_is_stored()
