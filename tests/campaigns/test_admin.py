from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.models import Campaign, Template
from campaigns.wording import copy_of
from generation.briefs import Copy
from tests.factories import campaigns as factory

NO_SEGMENTS = {
    "campaign_segments-TOTAL_FORMS": 0,
    "campaign_segments-INITIAL_FORMS": 0,
}


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def brief():
    return {
        "name": "Spring knits",
        "key": "spring-knits",
        "template": factory.template().pk,
        "brand_voice": factory.brand_voice().pk,
        "angles": ["urgency", "curiosity"],
        "goal_event": "Order Completed",
        "candidates": 3,
        **NO_SEGMENTS,
    }


def test_a_saved_brief_leads_to_the_campaigns_overview(logged_in, brief, owner):
    answer = logged_in.post(reverse("admin:campaigns_campaign_add"), brief)
    made = Campaign.objects.get()
    assert answer["Location"] == reverse("web:campaign", args=[made.pk])
    assert (made.angles, made.owner) == (["urgency", "curiosity"], owner)


def test_a_campaign_needs_an_angle(logged_in, brief):
    answer = logged_in.post(reverse("admin:campaigns_campaign_add"), brief | {"angles": []})
    assert list(answer.context["adminform"].form.errors) == ["angles"]


def test_the_control_angle_cannot_be_chosen(logged_in, brief):
    form = brief | {"angles": ["control"]}
    answer = logged_in.post(reverse("admin:campaigns_campaign_add"), form)
    assert list(answer.context["adminform"].form.errors) == ["angles"]


def test_the_form_explains_angles_and_suggests_goals(logged_in):
    shown = logged_in.get(reverse("admin:campaigns_campaign_add")).content.decode()
    assert "never invent scarcity" in shown
    assert '<option value="Order Completed">' in shown


def test_the_brief_of_a_live_campaign_cannot_be_changed(logged_in, owner, brief):
    campaign = factory.live_campaign(owner)
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    assert logged_in.get(url).status_code == 200
    assert logged_in.post(url, brief).status_code == 403


def test_a_live_campaign_cannot_be_deleted(logged_in, owner):
    campaign = factory.live_campaign(owner)
    url = reverse("admin:campaigns_campaign_delete", args=[campaign.pk])
    assert logged_in.post(url, {"post": "yes"}).status_code == 403


def test_a_template_with_broken_liquid_is_refused_at_its_field(logged_in):
    form = {
        "name": "Broken",
        "kind": "promotion",
        "subject": "{% include 'x' %}",
        "body": "b",
        "call_to_action": "Go",
    }
    answer = logged_in.post(reverse("admin:campaigns_template_add"), form)
    assert list(answer.context["adminform"].form.errors) == ["subject"]


def test_a_variant_leads_to_its_place_on_the_board(logged_in, owner):
    campaign = factory.live_campaign(owner)
    variant = factory.control_of(campaign)
    answer = logged_in.get(reverse("admin:campaigns_variant_open_review", args=[variant.pk]))
    assert answer["Location"].endswith(f"/campaigns/{campaign.pk}/review/#variant-{variant.pk}")


def test_a_template_of_another_channel_is_made_in_a_form_of_its_texts(logged_in):
    url = reverse("admin:campaigns_template_add") + "?channel=push"
    shown = logged_in.get(url).content.decode()
    assert 'name="title"' in shown
    assert 'name="subject"' not in shown
    form = {"name": "Autumn push", "kind": "promotion", "title": "New in", "body": "Knits\r\nfit"}
    logged_in.post(url, form)
    made = Template.objects.get(name="Autumn push")
    assert copy_of(made) == Copy("New in", "Knits\nfit", channel="push")


def test_a_templates_channel_stays_when_it_is_changed(logged_in):
    made = factory.template_of(Copy("Autumn knits", channel="sms"))
    url = reverse("admin:campaigns_template_change", args=[made.pk]) + "?channel=ad"
    assert "Autumn knits" in logged_in.get(url).content.decode()
    logged_in.post(url, {"name": made.name, "kind": "launch", "text": "Winter knits"})
    made.refresh_from_db()
    assert (made.kind, copy_of(made)) == ("launch", Copy("Winter knits", channel="sms"))


def test_the_texts_of_a_template_may_not_be_left_out(logged_in):
    url = reverse("admin:campaigns_template_add") + "?channel=banner"
    answer = logged_in.post(url, {"name": "x", "kind": "launch", "headline": "Hi", "text": ""})
    assert list(answer.context["adminform"].form.errors) == ["text", "call_to_action"]
