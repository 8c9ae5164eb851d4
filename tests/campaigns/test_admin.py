from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.models import Campaign
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
