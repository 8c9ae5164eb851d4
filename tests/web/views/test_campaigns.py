from __future__ import annotations

import pytest
from django.urls import reverse

from audience.models import Contact
from audience.services import segment_build
from campaigns.models import Campaign
from tests.factories import campaigns as factory


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


def page(client, name, campaign):
    return client.get(reverse(f"web:{name}", args=[campaign.pk])).content.decode()


def press(client, name, campaign, **fields):
    answer = client.post(reverse(f"web:{name}", args=[campaign.pk]), fields, follow=True)
    campaign.refresh_from_db()
    return answer.content.decode()


def test_a_draft_offers_to_write_copy(logged_in):
    assert "Write copy" in page(logged_in, "campaign", factory.campaign())


def test_writing_orders_a_job_and_shows_its_progress(logged_in):
    campaign = factory.campaign()
    shown = press(logged_in, "write", campaign)
    assert campaign.status == Campaign.Status.GENERATING
    assert f'data-progress="{reverse("web:progress", args=[campaign.pk])}"' in shown


def test_progress_counts_briefs(logged_in):
    campaign = factory.campaign()
    press(logged_in, "write", campaign)
    state = logged_in.get(reverse("web:progress", args=[campaign.pk])).json()
    assert (state["is_writing"], state["total"], state["done"]) == (True, 4, 0)


def test_writing_can_be_stopped(logged_in):
    campaign = factory.campaign()
    press(logged_in, "write", campaign)
    press(logged_in, "stop_writing", campaign)
    campaign.job.refresh_from_db()
    assert campaign.job.status == "cancelled"


def test_stopping_what_never_started_says_so(logged_in):
    assert "Nothing is being written" in press(logged_in, "stop_writing", factory.campaign())


def test_launching_too_early_names_what_is_missing(logged_in, owner):
    campaign = factory.reviewed_campaign(owner)
    campaign.variants.filter(angle="urgency").delete()
    shown = press(logged_in, "launch", campaign)
    assert "no approved copy for" in shown
    assert campaign.status == Campaign.Status.REVIEW


def test_a_reviewed_campaign_can_be_launched(logged_in, owner):
    campaign = factory.reviewed_campaign(owner)
    press(logged_in, "launch", campaign, assignment="hash")
    assert campaign.status == Campaign.Status.LIVE


def test_the_email_tool_may_split(logged_in, owner):
    campaign = factory.reviewed_campaign(owner)
    press(logged_in, "launch", campaign, assignment="external")
    assert campaign.experiment.assignment == "external"


def test_an_unknown_way_to_split_is_refused(logged_in, owner):
    campaign = factory.reviewed_campaign(owner)
    shown = press(logged_in, "launch", campaign, assignment="<b>")
    assert "choose hash or external" in shown
    assert campaign.status == Campaign.Status.REVIEW


def test_pause_resume_and_finish(logged_in, owner):
    campaign = factory.live_campaign(owner)
    seen = []
    for button in ("pause", "resume", "finish"):
        press(logged_in, button, campaign, reason="enough people")
        seen.append(campaign.status)
    assert seen == ["paused", "live", "finished"]


def test_the_teammate_sees_no_launch_button(client, teammate, owner):
    campaign = factory.reviewed_campaign(owner)
    client.force_login(teammate)
    assert reverse("web:launch", args=[campaign.pk]) not in page(client, "campaign", campaign)


def test_a_campaign_that_is_not_there_is_404(logged_in):
    assert logged_in.get(reverse("web:campaign", args=[987654])).status_code == 404


def test_the_set_up_page_has_the_campaigns_own_key(logged_in, owner):
    campaign = factory.live_campaign(owner, key="autumn-dresses")
    shown = page(logged_in, "setup", campaign)
    assert "&quot;campaign&quot;: &quot;autumn-dresses&quot;" in shown
    assert "http://testserver/v1/decide" in shown


def test_names_are_escaped(logged_in):
    campaign = factory.campaign(name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page(logged_in, "campaign", campaign)


def test_the_start_page_shows_campaigns_and_what_to_do(logged_in, owner):
    factory.live_campaign(owner, name="Autumn dresses")
    shown = logged_in.get(reverse("admin:index")).content.decode()
    assert "Autumn dresses" in shown
    assert "See results" in shown


def test_an_empty_house_says_how_to_start(logged_in):
    shown = logged_in.get(reverse("admin:index")).content.decode()
    assert "python manage.py import_contacts" in shown


def test_the_start_page_asks_as_often_for_many_campaigns_as_for_one(
    logged_in, owner, django_assert_max_num_queries
):
    for _ in range(3):
        factory.live_campaign(owner)
    with django_assert_max_num_queries(20):
        logged_in.get(reverse("admin:index"))


def test_a_live_campaign_can_be_ramped(logged_in, owner):
    campaign = factory.live_campaign(owner, launch={"coverage": 0.25})
    assert 'name="percent" type="number" min="0" max="100" step="any" required value="25"' in page(
        logged_in, "campaign", campaign
    )
    shown = press(logged_in, "ramp", campaign, percent="52.5")
    campaign.experiment.refresh_from_db()
    assert campaign.experiment.coverage == 0.525
    assert "From now on 52.5 % of the people take part" in shown
    assert 'value="52.5"' in shown


@pytest.mark.parametrize("percent", ["", "half", "nan", "101", "-1", "1e999999"])
def test_a_share_that_is_none_changes_nothing(logged_in, owner, percent):
    campaign = factory.live_campaign(owner)
    shown = press(logged_in, "ramp", campaign, percent=percent)
    campaign.experiment.refresh_from_db()
    assert campaign.experiment.coverage == 1.0
    assert "give a" in shown


def test_who_may_not_launch_is_offered_no_ramp(client, teammate, owner):
    campaign = factory.live_campaign(owner)
    client.force_login(teammate)
    assert "cl-ramp" not in page(client, "campaign", campaign)


@pytest.mark.parametrize(
    ("membership", "said", "takes_part"),
    [
        ("snapshot", "1 at launch, 2 now", "those in its segments at launch"),
        ("live", " 2</span>", "those in its segments at the moment of sending"),
    ],
)
def test_the_page_says_who_takes_part(logged_in, owner, membership, said, takes_part):
    knits = factory.segment("knits")
    factory.contact("kim", segments=[knits], attributes={"kind": "knits"})
    live = factory.live_campaign(owner, segments=[knits], membership=membership)
    Contact.objects.create(external_id="lou", attributes={"kind": "knits"})
    segment_build(knits, now=factory.NOON)
    shown = page(logged_in, "campaign", live)
    assert said in shown
    assert takes_part in shown


def test_a_campaign_for_everyone_has_no_members_to_keep(logged_in):
    assert "Who takes part" not in page(logged_in, "campaign", factory.campaign(segments=[]))
