import json
import threading

import pytest
from django.db import connection
from django.test import Client

from campaigns import live_plans
from core import key_checks
from core.api_keys import api_key_create, api_key_revoke
from core.models import ApiKey
from experiments.models import Exposure
from tests.campaigns.test_personalise_without_database import (
    closed_port,
    with_a_database_that_is_down,
)
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
URL = "/v1/decide"


@pytest.fixture
def knits():
    return make.segment("knits")


@pytest.fixture
def live(owner, knits):
    return make.live_campaign(owner, segments=[knits])


@pytest.fixture
def secret():
    return api_key_create("mail tool", ["decide"])[1]


@pytest.fixture
def tool(secret):
    """An email tool's client: it holds a key and knows nothing of CSRF."""
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})


def post(client, payload):
    body = payload if isinstance(payload, bytes | str) else json.dumps(payload)
    return client.post(URL, body, content_type="application/json")


def test_the_answer_has_the_documented_shape(tool, live, knits):
    contact = make.contact("c-77", segments=[knits])
    response = post(tool, {"campaign": live.key, "contact": "c-77"})
    answer = response.json()
    assert response.status_code == 200
    assert list(answer) == [
        "campaign",
        "experiment",
        "arm",
        "segment",
        "variant",
        "assignment",
        "content",
        "holdout",
        "suppressed",
        "fallback",
        "reason",
    ]
    assert list(answer["content"]) == ["subject", "preheader", "body", "call_to_action"]
    assert (answer["campaign"], answer["segment"]) == (live.key, "knits")
    assert (answer["holdout"], answer["suppressed"], answer["fallback"]) == (False, False, False)
    assert Exposure.objects.get().unit_id == contact.external_id


def test_get_and_post_answer_the_same(tool, live, knits):
    make.contact("c-77", segments=[knits])
    asked = {"campaign": live.key, "contact": "c-77"}
    assert tool.get(URL, asked).json() == post(tool, asked).json()


def test_no_proxy_keeps_an_answer(tool, live):
    response = tool.get(URL, {"campaign": live.key, "contact": "c-1"})
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/json"


def test_an_unknown_campaign_is_answered_not_refused(tool):
    response = post(tool, {"campaign": "no-such", "contact": "c-1"})
    assert response.status_code == 200
    assert (response.json()["fallback"], response.json()["content"]["body"]) == (True, "")


def test_the_tools_own_arm_is_used(tool, owner, knits):
    live = make.live_campaign(owner, segments=[knits], launch={"assignment": "external"})
    make.contact("c-77", segments=[knits])
    answer = post(tool, {"campaign": live.key, "contact": "c-77", "arm": "urgency"}).json()
    assert answer["arm"] == "urgency"


def test_a_contact_may_be_a_number(tool, live, knits):
    make.contact("1234", segments=[knits])
    assert not post(tool, {"campaign": live.key, "contact": 1234}).json()["fallback"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{nope", "body"),
        (b"\xff\xfe", "body"),
        (b"[1, 2]", "body"),
        (b'{"campaign": "x", "contact": "\\ud800"}', "body"),
        (b'"' + b"x" * 70_000 + b'"', "body"),
        ({"contact": "c-1"}, "campaign"),
        ({"campaign": "x"}, "contact"),
        ({"campaign": "x", "contact": ""}, "contact"),
        ({"campaign": "x", "contact": None}, "contact"),
        ({"campaign": "x", "contact": True}, "contact"),
        ({"campaign": ["x"], "contact": "c-1"}, "campaign"),
        ({"campaign": "x", "contact": "c\x00"}, "contact"),
        ({"campaign": "x", "contact": "c" * 201}, "contact"),
        ({"campaign": "x", "contact": "c-1", "arm": {}}, "arm"),
    ],
)
def test_a_malformed_question_is_refused_naming_the_field(tool, body, field):
    response = post(tool, body)
    answer = response.json()
    assert response.status_code == 400
    assert (answer["code"], answer["field"]) == ("invalid_request", field)
    assert field in answer["message"]


def test_a_get_without_a_contact_is_refused(tool):
    response = tool.get(URL, {"campaign": "x"})
    assert (response.status_code, response.json()["field"]) == (400, "contact")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic b2xpdmlhOnB3", "Bearer café"]
)
def test_without_a_key_there_is_no_answer(db, header):
    response = post(Client(headers={"Authorization": header}), {"campaign": "x", "contact": "c"})
    assert response.status_code == 401
    assert set(response.json()) == {"code", "message"}


def test_a_key_of_another_scope_opens_nothing(db):
    secret = api_key_create("event tool", ["events"])[1]
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert post(client, {"campaign": "x", "contact": "c"}).status_code == 401


def test_a_login_is_no_key(owner):
    client = Client()
    client.force_login(owner)
    assert post(client, {"campaign": "x", "contact": "c"}).status_code == 401


def test_a_revoked_key_opens_nothing_once_it_was_forgotten(tool, live):
    asked = {"campaign": live.key, "contact": "c-1"}
    assert post(tool, asked).status_code == 200
    api_key_revoke(ApiKey.objects.get(), now=make.NOON)
    key_checks.forget_keys()
    assert post(tool, asked).status_code == 401


def test_a_key_is_looked_up_once_for_a_while(tool, live, settings, django_assert_num_queries):
    settings.DECIDE_PLAN_SECONDS = 60
    asked = {"campaign": live.key, "contact": "c-1"}
    post(tool, asked)
    with django_assert_num_queries(1):
        post(tool, asked)


def test_the_schemes_case_does_not_matter(live, secret):
    client = Client(headers={"Authorization": f"bearer {secret}"})
    assert post(client, {"campaign": live.key, "contact": "c-1"}).status_code == 200


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused_in_json(tool, method):
    response = getattr(tool, method)(URL)
    assert (response.status_code, response["Allow"]) == (405, "GET, POST")
    assert response.json()["code"] == "method_not_allowed"


def test_a_slash_at_the_end_is_not_redirected(tool):
    assert tool.post(URL + "/", {}).status_code == 404


def test_without_a_database_a_known_key_still_gets_the_control(tool, live, knits):
    make.contact("c-77", segments=[knits])
    asked = {"campaign": live.key, "contact": "c-77"}
    post(tool, asked)
    response = with_a_database_that_is_down(lambda: post(tool, asked), port=closed_port())
    assert response.status_code == 200
    assert (response.json()["arm"], response.json()["reason"]) == (
        "control",
        "database_unavailable",
    )


def test_without_a_database_an_expired_key_still_counts(tool, live, monkeypatch):
    asked = {"campaign": live.key, "contact": "c-77"}
    post(tool, asked)
    monkeypatch.setattr(key_checks, "KEY_SECONDS", 0)
    response = with_a_database_that_is_down(lambda: post(tool, asked), port=closed_port())
    assert response.json()["content"]["subject"] == "Hello, your spring dress is here"


def test_without_a_database_a_key_never_seen_gets_an_answer_that_tells_nothing(tool, live):
    live_plans.current(live.key)
    response = with_a_database_that_is_down(
        lambda: post(tool, {"campaign": live.key, "contact": "c"}), port=closed_port()
    )
    answer = response.json()
    assert (response.status_code, answer["fallback"]) == (200, True)
    assert (answer["campaign"], answer["reason"]) == ("", "database_unavailable")
    assert set(answer["content"].values()) == {""}


@pytest.mark.django_db(transaction=True)
def test_eight_calls_at_once_for_one_contact_are_one_assignment(live, knits, secret):
    make.contact("c-77", segments=[knits])
    live_plans.current(live.key)
    answers, start = [], threading.Barrier(8)

    def ask():
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        start.wait()
        answers.append(post(client, {"campaign": live.key, "contact": "c-77"}).json())
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 8
    assert all(answer == answers[0] for answer in answers)
    assert Exposure.objects.count() == 1
