import time

import pytest
from django.db import connection
from django.test import override_settings

from campaigns import live_plans, services
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


@override_settings(DECIDE_PLAN_SECONDS=60)
def test_a_plan_is_read_once_for_a_while(owner, django_assert_num_queries):
    live = make.live_campaign(owner)
    first = live_plans.current(live.key)
    with django_assert_num_queries(0):
        assert live_plans.current(live.key) is first


@override_settings(DECIDE_PLAN_SECONDS=0)
def test_an_old_plan_is_read_again(owner):
    live = make.live_campaign(owner)
    first = live_plans.current(live.key)
    services.campaign_pause(live, actor=owner, now=make.NOON)
    assert (first.status, live_plans.current(live.key).status) == ("live", "paused")


@override_settings(DECIDE_PLAN_SECONDS=60)
def test_a_pause_is_noticed_at_once_in_the_process_that_made_it(
    owner, django_capture_on_commit_callbacks
):
    live = make.live_campaign(owner)
    live_plans.current(live.key)
    with django_capture_on_commit_callbacks(execute=True):
        services.campaign_pause(live, actor=owner, now=make.NOON)
    assert live_plans.current(live.key).status == "paused"


def test_a_plan_holds_only_approved_texts(owner):
    live = make.reviewed_campaign(owner, segments=[])
    rejected = live.variants.get(angle="urgency")
    services.variant_reject(rejected, actor=owner, now=make.NOON, note="too loud")
    plan = live_plans.read(live.key)
    assert set(plan.texts) == {("", "control"), ("", "curiosity")}


def test_no_campaign_no_plan():
    assert live_plans.current("no-such-campaign") is None
    assert live_plans.last_known("no-such-campaign") is None


@pytest.mark.django_db(transaction=True)
@override_settings(DECIDE_PLAN_SECONDS=60)
def test_a_plan_about_to_be_old_is_read_beside_the_questions(owner, monkeypatch):
    live = make.live_campaign(owner)
    first = live_plans.current(live.key)
    services.campaign_pause(live, actor=owner, now=make.NOON)
    # As if the announcement had been lost and most of the minute were over.
    live_plans._plans[live.key] = (time.monotonic() - 40, first)
    assert live_plans.current(live.key) is first
    live_plans._reader().submit(lambda: connection.close()).result(30)
    assert live_plans.current(live.key).status == "paused"
