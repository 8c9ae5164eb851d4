"""OFREP and GrowthBook's payload, as their documents say."""

import json

import pytest
from django.test import Client

from campaigns import services
from campaigns.api import growthbook
from core.api_keys import api_key_create
from experiments.models import Exposure
from privacy.services import suppression_add
from tests.campaigns.test_personalise_without_database import (
    closed_port,
    with_a_database_that_is_down,
)
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
FLAGS = "/ofrep/v1/evaluate/flags"


@pytest.fixture
def knits():
    return make.segment("knits")


@pytest.fixture
def live(owner, knits):
    return make.live_campaign(owner, segments=[knits])


@pytest.fixture
def key():
    return api_key_create("SDKs", ["flags"])[1]


@pytest.fixture
def browser(key):
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def server():
    return Client(headers={"X-API-Key": api_key_create("shop", ["decide"])[1]})


def ask(client, unit="c-1", key="", **headers):
    url = f"{FLAGS}/{key}" if key else FLAGS
    context = {"context": {"targetingKey": unit}}
    return client.post(url, json.dumps(context), content_type="application/json", headers=headers)


def test_one_flag_has_every_field_a_client_reads(server, live, knits):
    make.contact("c-1", segments=[knits])
    answer = ask(server, key=live.key).json()
    assert set(answer) == {"key", "value", "reason", "variant", "metadata"}
    assert (answer["key"], answer["reason"]) == (live.key, "SPLIT")
    assert answer["value"]["subject"].startswith("Ada, ")
    assert answer["metadata"]["segment"] == "knits"


def test_asking_for_one_counts_and_asking_for_all_does_not(server, live, knits):
    make.contact("c-1", segments=[knits])
    everything = ask(server).json()["flags"]
    assert not Exposure.objects.exists()
    one = ask(server, key=live.key).json()
    assert Exposure.objects.get().arm.key == one["variant"] == everything[0]["variant"]


def test_a_key_for_browsers_tells_nothing_of_the_person(browser, live, knits):
    contact = make.contact("c-1", segments=[knits], first_name="Grace")
    suppression_add(contact.subject_id, reason="unsubscribed")
    answer = ask(browser, key=live.key)
    assert "Grace" not in answer.content.decode()
    assert "suppressed" not in answer.content.decode()
    assert set(answer.json()["metadata"]) == {"experiment", "fallback"}
    assert answer.json()["value"]["subject"].startswith("Hello, ")


@pytest.mark.parametrize(
    ("status", "reason"), [("paused", "DISABLED"), ("finished", "DISABLED"), ("live", "UNKNOWN")]
)
def test_a_reason_is_one_of_openfeatures(server, live, status, reason):
    type(live).objects.update(status=status)
    assert ask(server, unit="nobody", key=live.key).json()["reason"] == reason


def test_only_campaigns_in_use_are_flags(server, owner, live):
    make.reviewed_campaign(owner)
    finished = make.live_campaign(owner)
    services.campaign_finish(finished, actor=owner, now=make.NOON)
    assert [flag["key"] for flag in ask(server).json()["flags"]] == [live.key]


def test_the_tag_is_of_the_answer_and_not_of_the_settings(server, live, knits):
    for unit in ("c-1", "c-2"):
        make.contact(unit, segments=[knits], first_name=unit)
    first = ask(server, "c-1")
    again = ask(server, "c-1", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = ask(server, "c-2", **{"If-None-Match": first["ETag"]})
    assert (other.status_code, other["ETag"] == first["ETag"]) == (200, False)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{nope", "PARSE_ERROR"),
        (b"\xff", "PARSE_ERROR"),
        (b"[]", "PARSE_ERROR"),
        (b"[" * 100_000, "PARSE_ERROR"),
        (b'"' + b"x" * 70_000 + b'"', "PARSE_ERROR"),
        (b"{}", "INVALID_CONTEXT"),
        (b'{"context": []}', "INVALID_CONTEXT"),
        (b'{"context": {}}', "TARGETING_KEY_MISSING"),
        (b'{"context": {"targetingKey": ""}}', "TARGETING_KEY_MISSING"),
        (b'{"context": {"targetingKey": 7}}', "INVALID_CONTEXT"),
        (b'{"context": {"targetingKey": "c\\u0000"}}', "INVALID_CONTEXT"),
    ],
)
@pytest.mark.parametrize("path", [FLAGS, f"{FLAGS}/spring"])
def test_a_question_that_cannot_be_read_is_refused_by_code(browser, path, body, code):
    answer = browser.post(path, body, content_type="application/json")
    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)
    assert answer.json()["errorDetails"]


def test_an_unknown_flag_is_not_found(browser):
    answer = ask(browser, key="no-such")
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "FLAG_NOT_FOUND")
    assert answer.json()["key"] == "no-such"


@pytest.mark.parametrize("scopes", [["events"], ["admin"]])
def test_a_key_of_another_scope_opens_nothing(live, scopes):
    client = Client(headers={"X-API-Key": api_key_create("other", scopes)[1]})
    assert ask(client, key=live.key).status_code == 401
    assert ask(Client(), key=live.key).status_code == 401


def test_a_web_page_of_another_origin_may_ask(browser, live):
    preflight = Client().options(FLAGS, headers={"Origin": "https://shop.example"})
    assert (preflight.status_code, preflight["Access-Control-Allow-Origin"]) == (204, "*")
    assert "If-None-Match" in preflight["Access-Control-Allow-Headers"]
    assert "ETag" in ask(browser)["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in preflight


def features(key, **headers):
    return Client().get(f"/api/features/{key}", headers=headers)


def test_the_payload_says_when_it_changed_and_that_it_did_not(key, live):
    first = features(key)
    assert features(key, **{"If-None-Match": first["ETag"]}).status_code == 304
    assert features(key).json()["dateUpdated"] == first.json()["dateUpdated"]
    assert first["x-sse-support"] == "enabled"


def test_another_payload_has_another_date(key, live, owner):
    first = features(key).json()
    services.campaign_pause(live, actor=owner, now=make.NOON)
    second = features(key).json()
    assert second["features"][live.key]["rules"] == []
    assert second["dateUpdated"] != first["dateUpdated"]


def test_a_campaign_that_the_tool_splits_has_no_rule(key, owner, knits):
    live = make.live_campaign(owner, segments=[knits], launch={"assignment": "external"})
    assert features(key).json()["features"][live.key]["rules"] == []


def test_a_wrong_client_key_opens_nothing(live):
    assert features("ck_live_wrong").status_code == 401
    assert Client().get("/sub/ck_live_wrong").status_code == 401


def test_without_a_database_sdks_are_asked_to_come_back(key, live, settings):
    settings.DECIDE_PLAN_SECONDS = 0
    features(key)
    answer = with_a_database_that_is_down(lambda: features(key), port=closed_port())
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_there_are_only_so_many_streams_and_a_closed_one_makes_room(key, live, monkeypatch):
    monkeypatch.setattr(growthbook, "STREAM_SECONDS", 0)
    first = Client().get(f"/sub/{key}")
    assert first["Content-Type"] == "text/event-stream"
    refused = Client().get(f"/sub/{key}")
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    event = first.getvalue().decode()
    assert event.startswith("event: features\ndata: {")
    again = Client().get(f"/sub/{key}")
    assert again.status_code == 200
    again.close()


@pytest.mark.parametrize("attributes", [None, [], {}, {"id": ""}, {"id": 7}, {"id": "x" * 201}])
def test_remote_evaluation_wants_an_id(key, attributes):
    answer = Client().post(
        f"/api/eval/{key}", {"attributes": attributes}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
