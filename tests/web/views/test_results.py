from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from events.models import Event
from experiments.models import Experiment, Exposure
from tests.factories import campaigns as factory
from tests.factories.experiments import order

CONTROL_ORDERS, URGENCY_ORDERS, PEOPLE = 20, 60, 400


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def campaign(owner):
    """400 people an arm, 5% against 15%."""
    made = factory.live_campaign(owner, angles=["urgency"], segments=[factory.segment("knits")])
    arms = {arm.key: arm for arm in made.experiment.arms.all()}
    orders = {"control": CONTROL_ORDERS, "urgency": URGENCY_ORDERS}
    Exposure.objects.bulk_create(
        Exposure(
            experiment=made.experiment,
            unit_id=f"{key}-{number}",
            arm=arm,
            stratum="knits",
            assigned_at=factory.NOON,
        )
        for key, arm in arms.items()
        for number in range(PEOPLE)
    )
    Event.objects.bulk_create(
        Event(
            source="test",
            message_id=f"{key}-{number}",
            kind="track",
            name="Order Completed",
            unit_id=f"{key}-{number}",
            occurred_at=factory.NOON,
            value=10,
        )
        for key, count in orders.items()
        for number in range(count)
    )
    return made


def page(client, name, campaign):
    return client.get(reverse(f"web:{name}", args=[campaign.pk])).content.decode()


def test_the_verdict_stands_on_top_in_words(logged_in, campaign):
    shown = page(logged_in, "results", campaign)
    assert shown.index("We have a winner") < shown.index("cl-table")


def test_rates_and_lift_are_those_of_the_counts(logged_in, campaign):
    shown = page(logged_in, "results", campaign)
    assert all(figure in shown for figure in ("5.00%", "15.0%", "+200.0%"))


def test_the_chart_has_words_for_those_who_cannot_see_it(logged_in, campaign):
    shown = page(logged_in, "results", campaign)
    assert 'aria-label="Lift over control in Conversion: Urgency +200.0%' in shown
    assert "<svg" in shown


def test_opening_the_page_counts_afresh_but_not_twice_in_a_minute(logged_in, campaign):
    page(logged_in, "results", campaign)
    order("urgency-399", name=campaign.goal_event, at=factory.NOON)
    page(logged_in, "results", campaign)
    assert campaign.experiment.analyses.count() == 1


def test_counting_again_makes_a_new_snapshot(logged_in, campaign):
    page(logged_in, "results", campaign)
    order("urgency-399", name=campaign.goal_event, at=factory.NOON)
    logged_in.post(reverse("web:results_refresh", args=[campaign.pk]))
    assert campaign.experiment.analyses.count() == 2


def test_a_split_that_is_off_is_said_loudly(logged_in, campaign):
    Exposure.objects.filter(arm__key="urgency", unit_id__regex="[567]$").delete()
    shown = page(logged_in, "results", campaign)
    assert "The split is off" in shown
    assert "Do not trust these numbers" in shown


def test_before_launch_the_page_says_what_to_do(logged_in):
    assert "not live yet" in page(logged_in, "results", factory.campaign())


def test_a_test_without_people_has_a_page(logged_in, owner):
    assert (
        logged_in.get(reverse("web:results", args=[factory.live_campaign(owner).pk])).status_code
        == 200
    )


def test_the_spreadsheet_has_every_table(logged_in, campaign):
    page(logged_in, "results", campaign)
    rows = list(csv.DictReader(io.StringIO(page(logged_in, "results_csv", campaign))))
    found = {(row["metric"], row["segment"], row["arm"]): row for row in rows}
    goal = found["Conversion", "everyone", "Urgency"]
    assert (goal["units"], goal["converters"]) == ("400", "60")
    assert len(rows) == 8


def test_an_experiment_leads_to_its_campaigns_results(logged_in, campaign):
    answer = logged_in.get(reverse("web:experiment_results", args=[campaign.experiment_id]))
    assert answer["Location"] == reverse("web:results", args=[campaign.pk])


def test_a_pausing_experiment_still_shows_its_results(logged_in, campaign):
    Experiment.objects.filter(pk=campaign.experiment_id).update(status="paused")
    assert "+200.0%" in page(logged_in, "results", campaign)
