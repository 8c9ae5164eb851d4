"""What people send who mean no good, at every door that copy leaves by.

Each gets a clear answer, nothing of it is stored or run, and nothing is told that is not theirs.
"""

import json

import pytest
from django.test import Client
from markupsafe import escape

from audience.models import Contact
from core.api_keys import api_key_create
from experiments.models import Exposure, UnknownArm
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db

TEMPLATE_CODE = [
    "{{ 7 | times: 7 }}",
    "{{7*7}}",
    "{% include 'secrets' %}",
    "{{ ''.__class__.__mro__ }}",
    "{% for i in (1..99999999) %}x{% endfor %}",
    "{{ settings.SECRET_KEY }}",
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
]
SQL = ["' OR '1'='1", "1; DROP TABLE audience_contact; --", "c-1' UNION SELECT 1--", "\\'; --"]
SCRIPT = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "<svg/onload=alert(1)>",
]
HEADERS = ["c-1\r\nSet-Cookie: x=1", "c-1\nBcc: everyone@people.example", "c-1\u2028x"]
NAMES = [*TEMPLATE_CODE, *SQL, *SCRIPT, *HEADERS, "=HYPERLINK(1)", "../../etc/passwd", "\u202egro"]
DEEP = b'{"campaign":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
BODIES = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe\x00",
    b'{"campaign": "\xc3\x28"}',
    b'{"campaign": "\\ud800", "contact": "c-1"}',
    b"{" * 10_000,
    DEEP,
    b'{"campaign": 1e999, "contact": "c-1"}',
    b'{"campaign": NaN, "contact": "c-1"}',
    b'{"campaign": {"$ne": null}, "contact": {"$gt": ""}}',
    b'{"campaign": "x", "contact": "' + b"c" * 65_536 + b'"}',
    b"x" * 3_000_000,
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
]


@pytest.fixture
def live(owner):
    return make.live_campaign(owner, segments=[], key="spring")


@pytest.fixture
def secret():
    return api_key_create("tool", ["decide", "flags"])[1]


@pytest.fixture
def tool(secret):
    return Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)


def decide(tool, **asked):
    return tool.post("/v1/decide", json.dumps(asked), content_type="application/json")


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_id_is_nobody(tool, live, name):
    answer = decide(tool, campaign="spring", contact=name)
    assert answer.status_code == 200
    assert answer.json()["reason"] == "unknown_contact"
    assert name not in answer.content.decode()
    assert not Exposure.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_campaign_is_none(tool, live, name):
    answer = decide(tool, campaign=name, contact="c-1")
    assert (answer.status_code, answer.json()["reason"]) == (200, "unknown_campaign")
    assert set(answer.json()["content"].values()) == {""}
    assert answer["Content-Type"] == "application/json"
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_arm_is_counted_as_unknown_and_shown_to_nobody(tool, owner, name):
    make.live_campaign(owner, segments=[], key="external", launch={"assignment": "external"})
    make.contact("c-1")
    answer = decide(tool, campaign="external", contact="c-1", arm=name)
    assert (answer.json()["arm"], answer.json()["reason"]) == ("control", "unknown_arm")
    assert UnknownArm.objects.get().key == name[:60]


@pytest.mark.parametrize("value", NAMES)
def test_a_contacts_own_name_is_text_and_nothing_else(tool, live, value):
    live.variants.update(
        subject="{{ first_name }}, look", body="<p>{{ first_name }} {{ attributes.city }}</p>"
    )
    Contact.objects.create(external_id="c-1", first_name=value, attributes={"city": value})
    content = decide(tool, campaign="spring", contact="c-1").json()["content"]
    assert content["subject"] == f"{' '.join(value.split())}, look"
    in_html = str(escape(value)).replace("\r\n", "\n")
    assert content["body"].replace("\r\n", "\n") == f"<p>{in_html} {in_html}</p>"
    assert set("\r\n").isdisjoint(content["subject"])


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize(
    "path",
    [
        "/v1/decide",
        "/ofrep/v1/evaluate/flags",
        "/ofrep/v1/evaluate/flags/spring",
        "/api/eval/{secret}",
    ],
)
def test_a_body_that_is_no_question_is_refused(tool, live, secret, path, body):
    answer = tool.post(path.format(secret=secret), body, content_type="application/json")
    assert answer.status_code == 400
    told = answer.content.decode()
    assert answer.json()
    assert "Traceback" not in told
    assert len(told) < 1_000
    assert not Exposure.objects.exists()


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_list_of_nonsense_is_answered_line_by_line(tool, live, body):
    answer = tool.post("/v1/decide/bulk?campaign=spring", body, content_type="text/plain")
    lines = [json.loads(line) for line in answer.getvalue().splitlines()]
    assert answer.status_code == 200
    assert {line["code"] for line in lines} <= {"invalid_request"}
    assert not Exposure.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_flag_is_none(tool, live, name):
    from urllib.parse import quote

    context = json.dumps({"context": {"targetingKey": name}})
    path = f"/ofrep/v1/evaluate/flags/{quote(name, safe='')}"
    answer = tool.post(path, context, content_type="application/json")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "key", ["ck_live_" + "x" * 20_000, "ck_live_é", "' OR 1=1", "\x7f", "ct_x"]
)
def test_a_strange_key_opens_nothing(live, key):
    client = Client(headers={"Authorization": f"Bearer {key}"})
    assert decide(client, campaign="spring", contact="c-1").status_code == 401
    answer = client.post("/ofrep/v1/evaluate/flags", "{}", content_type="application/json")
    assert answer.status_code == 401


def test_a_stranger_is_told_the_same_of_every_campaign(live):
    there = Client().get("/v1/decide", {"campaign": "spring", "contact": "c", "token": "ct_x"})
    nowhere = Client().get("/v1/decide", {"campaign": "none", "contact": "c", "token": "ct_x"})
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)
