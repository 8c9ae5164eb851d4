"""Campaigns of a running plan: one for each action that somebody gets, and none twice."""

import pytest

from audience.models import Segment
from campaigns import services
from campaigns.errors import PlanClosed
from campaigns.models import Campaign
from core.errors import InputRefused
from tests.campaigns.services.test_plans import running
from tests.factories import campaigns as make_campaign
from tests.factories import plans as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return make.experiment(make.people())


def test_campaigns_come_of_a_plan_once(source, owner):
    plan = running(source, owner)
    asked = {"template": make_campaign.template(), "brand_voice": make_campaign.brand_voice()}
    planned = services.plan_campaigns_make(plan, **asked, actor=owner)
    made = planned.made
    assert [campaign.status for campaign in made] == ["draft", "draft"]
    assert {segment.pk for campaign in made for segment in campaign.segments.all()} == set(
        plan.actions.values_list("segment", flat=True)
    )
    assert planned.notes == ()
    with pytest.raises(PlanClosed, match="every action has its campaign already"):
        services.plan_campaigns_make(plan, **asked, actor=owner)
    assert Campaign.objects.count() == 2


def test_a_campaign_that_was_deleted_can_be_made_again(source, owner):
    plan = running(source, owner)
    asked = {"template": make_campaign.template(), "brand_voice": make_campaign.brand_voice()}
    first, second = services.plan_campaigns_make(plan, **asked, actor=owner).made
    first.delete()
    again = services.plan_campaigns_make(plan, **asked, actor=owner).made
    assert [campaign.key for campaign in again] == [first.key]
    assert Campaign.objects.filter(pk=second.pk).exists()


def test_a_key_that_is_taken_is_told(source, owner):
    """Another campaign, of the same key by chance, is neither used nor in the way."""
    plan = running(source, owner)
    other = make_campaign.campaign(key=f"{plan.key}-1")
    others = set(other.segments.all())
    asked = {"template": make_campaign.template(), "brand_voice": make_campaign.brand_voice()}
    planned = services.plan_campaigns_make(plan, **asked, actor=owner)
    assert {campaign.key for campaign in planned.made} == {f"{plan.key}-1-2", f"{plan.key}-2"}
    name = plan.actions.get(position=1).name
    assert planned.notes == (
        f"The key “{plan.key}-1” belongs to another campaign, so that of “{name}” is "
        f"“{plan.key}-1-2”.",
    )
    assert set(other.segments.all()) == others


def test_an_action_whose_segment_went_is_told(source, owner):
    plan = running(source, owner)
    asked = {"template": make_campaign.template(), "brand_voice": make_campaign.brand_voice()}
    lost, kept = plan.actions.order_by("position")
    lost.segment.delete()
    planned = services.plan_campaigns_make(plan, **asked, actor=owner)
    assert [campaign.name for campaign in planned.made] == [f"Summer: {kept.name}"]
    assert planned.notes == (f"“{lost.name}” gets no campaign: its segment was deleted.",)
    planned.made[0].delete()
    Segment.objects.filter(pk=kept.segment_id).delete()
    with pytest.raises(PlanClosed, match="nothing to make"):
        services.plan_campaigns_make(plan, **asked, actor=owner)


def test_campaigns_are_over_the_channel_people_agreed_to(source, owner):
    plan = running(source, owner, channel="sms")
    asked = {"template": make_campaign.template(), "brand_voice": make_campaign.brand_voice()}
    with pytest.raises(InputRefused, match="is not for SMS"):
        services.plan_campaigns_make(plan, **asked, actor=owner)
    assert not Campaign.objects.exists()
