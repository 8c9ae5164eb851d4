"""What the set-up page tells people to paste is asked of the real doors."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from core.api_keys import api_key_create
from events.models import Event
from tests.factories import campaigns as factory
from web.snippets import snippets_for

ADDRESS = "https://copylift.shop.example"


@pytest.fixture
def tool(db):
    secret = api_key_create("mail tool", ["decide", "events"])[1]
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def campaign(owner):
    made = factory.live_campaign(owner)
    factory.contact("customer-123", segments=[made.segments.first()])
    return made


def snippet(campaign, key):
    return next(one.text for one in snippets_for(ADDRESS, campaign) if one.key == key)


def body_of(text):
    return json.loads(re.search(r"-d '(.*)'", text, re.DOTALL)[1])


def test_the_curl_snippet_gets_copy(tool, campaign):
    asked = body_of(snippet(campaign, "curl"))
    answer = tool.post("/v1/decide", asked, content_type="application/json").json()
    assert answer["content"]["subject"].startswith("Ada")


def test_the_liquid_snippet_gets_copy(tool, campaign):
    path = re.search(rf"{ADDRESS}(\S+?)\{{\{{", snippet(campaign, "liquid"))[1]
    answer = tool.get(f"{path}customer-123").json()
    assert (answer["campaign"], answer["fallback"]) == (campaign.key, False)


def test_the_events_snippet_is_stored_as_the_campaigns_goal(tool, campaign):
    sent = body_of(snippet(campaign, "events"))
    assert tool.post("/v1/batch", sent, content_type="application/json").status_code == 200
    assert Event.objects.get().name == campaign.goal_event


def test_a_tool_that_splits_tells_the_arm(owner):
    campaign = factory.live_campaign(owner, launch={"assignment": "external"})
    assert body_of(snippet(campaign, "curl"))["arm"] == "control"
    assert "&arm=control" in snippet(campaign, "liquid")
