"""The demonstration's test of offers, and the plan that is made of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audience.models import Contact
from campaigns.models import Plan
from events.models import Event
from experiments.models import Experiment
from tests.factories.audience import NOON
from tests.factories.events import event
from web.demo import offers

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """A smaller one: half of its people ordered before the test."""
    people = [
        Contact(external_id=f"p-{number}", attributes={"region": "coast", "age": 20 + number % 50})
        for number in range(1_500)
    ]
    for one in Contact.objects.bulk_create(people)[::2]:
        event(unit_id=one.external_id, occurred_at=NOON - timedelta(days=200), value=40)


def test_a_plan_is_worked_out_and_waits_for_a_yes(shop, owner):
    tried = offers.history_play(now=NOON, seed=1)
    plan = offers.plan_ensure(tried, owner=owner, now=NOON, seed=1)

    assert (tried.status, plan.status, plan.error) == ("decided", "proposed", "")
    names = list(plan.actions.values_list("name", "offer__code"))
    assert names == [("Free shipping", "SHIPFREE"), ("10% off", "TEN")]
    assert plan.results["spent"] <= offers.BUDGET
    assert {one["attribute"] for one in plan.results["treatment"]} == {"age", "region"}
    assert "is expected to bring" in offers.sentence(plan)


def test_told_again_it_adds_nothing(shop, owner):
    for _ in range(2):
        tried = offers.history_play(now=NOON, seed=1)
        orders = Event.objects.count()
    assert (Experiment.objects.count(), Event.objects.count()) == (1, orders)
    assert not Plan.objects.exists()
    assert tried.exposures.count() == 1_500
