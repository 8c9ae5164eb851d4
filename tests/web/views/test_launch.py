"""The launch form: choices, prices, refusals that keep what was typed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.models import Campaign
from experiments.services import MetricSpec, saved_metric_create
from tests.factories import campaigns as factory

pytestmark = pytest.mark.django_db
PLANNED = {"planned_units": "9000", "looks": "group_sequential", "planned_looks": "4"}


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def campaign(owner):
    return factory.reviewed_campaign(owner)


@pytest.fixture
def library(db):
    saved_metric_create(
        MetricSpec(key="gifts", name="Gifts", kind="count", event_name="Gift Wrapped"), actor=None
    )
    saved_metric_create(
        MetricSpec(key="leaving", name="Left us", kind="conversion", event_name="Unsubscribed",
                   is_lower_better=True, margin=0.02),
        actor=None,
    )  # fmt: skip


def launch(client, campaign, **fields):
    answer = client.post(reverse("web:launch", args=[campaign.pk]), fields, follow=True)
    campaign.refresh_from_db()
    return answer


def price(client, campaign, **fields):
    address = reverse("web:launch_price", args=[campaign.pk])
    return " ".join(client.get(address, fields).content.decode().split())


def test_left_alone_the_campaigns_own_goal_is_tested_in_equal_shares(logged_in, campaign):
    launch(logged_in, campaign)
    experiment = campaign.experiment
    assert list(experiment.metrics.values_list("key", "role")) == [
        ("conversion", "goal"), ("revenue", "secondary"),
    ]  # fmt: skip
    assert (experiment.looks, experiment.coverage) == ("anytime", 1.0)
    assert {round(arm.weight, 6) for arm in experiment.arms.all()} == {0.333333}


def test_what_the_form_shows_can_be_sent_as_it_is(logged_in, campaign):
    form = logged_in.get(reverse("web:campaign", args=[campaign.pk])).context["form"]
    shown = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    launch(logged_in, campaign, **shown)
    assert campaign.status == Campaign.Status.LIVE


def test_metrics_come_from_the_library_with_their_roles(logged_in, campaign, library):
    launch(logged_in, campaign, goals=["gifts"], guardrails=["leaving"])
    assert list(campaign.experiment.metrics.values_list("key", "role", "margin")) == [
        ("gifts", "goal", None), ("leaving", "guardrail", 0.02),
    ]  # fmt: skip


def test_the_rule_the_sample_and_the_start_are_taken_over(logged_in, campaign):
    launch(logged_in, campaign, **PLANNED, spending="pocock", correction="dunnett", coverage="25")
    experiment = campaign.experiment
    assert (experiment.looks, experiment.planned_looks, experiment.spending) == (
        "group_sequential", 4, "pocock",
    )  # fmt: skip
    assert (experiment.planned_units, experiment.correction) == (9000, "dunnett")
    assert experiment.coverage == 0.25


def test_shares_of_the_arms_are_percents(logged_in, campaign):
    weights = {"weight_control": "50", "weight_urgency": "30", "weight_curiosity": "20"}
    launch(logged_in, campaign, **weights)
    assert [arm.weight for arm in campaign.experiment.arms.order_by("position")] == [0.5, 0.3, 0.2]


@pytest.mark.parametrize(
    ("fields", "field", "cure"),
    [
        ({"looks": "group_sequential"}, "planned_units", "give the number of people"),
        ({"coverage": "120"}, "coverage", "less than or equal to 100"),
        ({"planned_units": "many"}, "planned_units", "whole number"),
        ({"weight_control": "90"}, "weight_control", "must sum to 100"),
        ({"goals": ["leaving"], "guardrails": ["leaving"]}, "guardrails", "is a goal already"),
        ({"goals": ["unknown"]}, "goals", "not one of the available choices"),
    ],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
    logged_in, campaign, library, fields, field, cure
):
    answer = launch(logged_in, campaign, lift="17.5", **fields)
    form = answer.context["form"]
    assert cure in str(form.errors[field])
    assert 'value="17.5"' in answer.content.decode()
    assert campaign.status == Campaign.Status.REVIEW


def test_any_time_is_priced_before_launch(logged_in, campaign):
    shown = price(logged_in, campaign, looks="anytime")
    assert "Any time: with 3,333 people in two arms the intervals are 1.56 times as wide" in shown
    assert "found in 40 at that size" in shown


def test_planned_looks_are_priced_before_launch(logged_in, campaign):
    shown = price(logged_in, campaign, **PLANNED, spending="obrien-fleming")
    assert "Planned looks (4, O’Brien-Fleming): 2.0% more people than one look" in shown


def test_one_look_without_a_sample_is_warned_of(logged_in, campaign):
    assert "Plan a sample" in price(logged_in, campaign, looks="fixed")
    assert "Plan a sample" not in price(logged_in, campaign, looks="fixed", planned_units="900")


def test_the_people_needed_follow_from_rate_and_lift(logged_in, campaign):
    weights = {"weight_control": "50", "weight_urgency": "25", "weight_curiosity": "25"}
    shown = price(logged_in, campaign, baseline="5", lift="20", looks="fixed", **weights)
    assert "To find a lift of +20.0% (5.00% to 6.00%) in 80 of 100 tests:" in shown
    assert "Plan for 29," in shown


@pytest.mark.parametrize(
    "fields",
    [{"baseline": "80", "lift": "50"}, {"baseline": "x"}, {"weight_control": "0"}, {"lift": "0"}],
)
def test_what_cannot_be_planned_has_a_price_all_the_same(logged_in, campaign, fields):
    assert "What this costs" in price(logged_in, campaign, **fields)


def test_who_may_not_launch_sees_no_form(client, teammate, campaign):
    client.force_login(teammate)
    page = client.get(reverse("web:campaign", args=[campaign.pk])).content.decode()
    assert reverse("web:launch", args=[campaign.pk]) not in page
