"""What the set-up page tells people to paste is asked of the real doors."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from campaigns import live_plans
from campaigns.tokens import campaign_token
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
    token = campaign_token(campaign.key, campaign.token_version)
    plan = live_plans.read(campaign.key)
    found = snippets_for(ADDRESS, campaign, token=token, plan=plan)
    return next(one.text for one in found if one.key == key)


def body_of(text):
    return json.loads(re.search(r"-d '(.*)'", text, re.DOTALL)[1])


def path_in(text, **values):
    """The address as the tool fills it in."""
    path = re.search(rf"{ADDRESS}(\S+(?: \| url_encode\}}\}}\S*)?)", text)[1]
    for tag, value in values.items():
        path = path.replace(tag, value)
    return path


def test_the_curl_snippet_gets_copy(tool, campaign):
    asked = body_of(snippet(campaign, "curl"))
    answer = tool.post("/v1/decide", asked, content_type="application/json").json()
    assert answer["content"]["subject"].startswith("Ada")


def test_the_braze_snippet_gets_copy_and_uses_what_is_there(tool, campaign):
    text = snippet(campaign, "braze")
    tags = {"{{${user_id} | url_encode}}": "customer-123", "{{campaign.${dispatch_id}}}": "d1"}
    answer = tool.get(path_in(text, **tags)).json()
    assert (answer["campaign"], answer["fallback"]) == (campaign.key, False)
    assert ":no_cache" in text
    used = set(re.findall(r"\{\{copylift\.content\.(\w+)\}\}", text))
    assert used == set(answer["content"])
    assert text.count("{%") == text.count("%}")
    assert re.search(r'\{% if copylift\.suppressed %\}\{% abort_message\("[^"]+"\) %\}', text)


def test_the_iterable_snippet_gets_copy_with_the_token_alone(campaign):
    text = snippet(campaign, "iterable")
    tags = {"{{#urlEncode}}{{userId}}{{/urlEncode}}": "customer-123"}
    answer = Client().get(path_in(text, **tags)).json()
    assert (answer["campaign"], answer["fallback"]) == (campaign.key, False)
    assert "[[content.subject]]" in text
    assert "[[{content.body}]]" in text


def test_the_customer_io_snippet_gets_copy_and_keeps_it(tool, campaign):
    text = snippet(campaign, "customer-io")
    body = text.split("\n")[2].replace("{{customer.id}}", "customer-123")
    answer = tool.post("/v1/decide", body, content_type="application/json").json()
    assert (answer["campaign"], answer["fallback"]) == (campaign.key, False)
    kept = set(re.findall(r"copylift_\w+ = \{\{response\.content\.(\w+)\}\}", text))
    assert kept == set(answer["content"])


@pytest.mark.parametrize("tool_name", ["braze", "customer-io"])
def test_the_links_that_snippets_use_are_in_the_answer(tool, campaign, tool_name):
    asked = {"campaign": campaign.key, "contact": "customer-123", "delivery": "d-1"}
    answer = tool.post("/v1/decide", asked, content_type="application/json").json()
    text = snippet(campaign, tool_name)
    used = set(re.findall(r"\{\{(?:copylift|response)\.links\.(\w+)\}\}", text))
    assert used == {"list_unsubscribe", "list_unsubscribe_post", "open_picture"}
    assert used <= set(answer["links"])


def test_the_klaviyo_snippet_reads_what_the_list_brings(campaign):
    text = snippet(campaign, "klaviyo")
    columns = re.findall(r"column (\w+) → property (\w+)", text)
    read = re.findall(r"person\|lookup:'(\w+)'", text)
    assert [name for _, name in columns] == read
    assert [column for column, _ in columns] == ["subject", "preheader", "body", "call_to_action"]


def chosen(text, variant):
    """What Mailchimp shows: the first condition that holds, else the last text."""
    parts = re.split(r"\*\|(IF|ELSEIF|ELSE|END):([^|]*)\|\*", text)
    for kind, condition, shown in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if kind == "ELSE" or condition == f"CLVARIANT={variant}":
            return shown
    raise AssertionError(text)


def test_the_mailchimp_snippet_shows_the_text_of_the_variant(tool, campaign):
    asked = body_of(snippet(campaign, "curl"))
    answer = tool.post("/v1/decide", asked, content_type="application/json").json()
    lines = dict(line.split(": ", 1) for line in snippet(campaign, "mailchimp").split("\n\n"))
    for label, name in (("Subject", "subject"), ("Body", "body")):
        shown = chosen(lines[label], answer["variant"]).replace("*|FNAME|*", "Ada")
        assert shown == answer["content"][name]
    control = chosen(lines["Subject"], "none of them")
    assert control == "*|FNAME|*, your spring dress is here"


def test_the_events_snippet_is_stored_as_the_campaigns_goal(tool, campaign):
    sent = body_of(snippet(campaign, "events"))
    assert tool.post("/v1/batch", sent, content_type="application/json").status_code == 200
    assert Event.objects.get().name == campaign.goal_event


def test_a_tool_that_splits_tells_the_arm(owner):
    campaign = factory.live_campaign(owner, launch={"assignment": "external"})
    assert body_of(snippet(campaign, "curl"))["arm"] == "control"
    for key in ("braze", "iterable"):
        assert "&arm=control" in snippet(campaign, key)


def test_before_copy_is_approved_there_is_nothing_to_paste(owner):
    assert "no copy is approved yet" in snippet(factory.campaign(), "mailchimp")


def test_without_the_right_to_the_token_it_is_not_in_the_snippets(campaign):
    found = snippets_for(ADDRESS, campaign)
    assert "ct_" not in "".join(one.text for one in found)
