"""What programs did counts in no figure, and figures follow when it is judged anew."""

from datetime import timedelta

import pytest

from events.models import Event, UnitAlias
from events.services import bots_flag, units_move
from experiments.plans import MetricSpec
from experiments.selectors import metric_specs, samples_by_arm
from experiments.services import roll_up_refresh
from experiments.warehouse.postgres import samples_in_database
from tests.factories.experiments import LATER, ORDERS, STARTED_AT, expose, order, running

pytestmark = pytest.mark.django_db(transaction=True)

CLICKS = MetricSpec(
    key="clicks", name="Clicks", kind="conversion", role="goal", event_name="Email Link Clicked"
)


@pytest.fixture
def experiment():
    experiment = running(metrics=(CLICKS, ORDERS))
    expose(experiment, "control", "robot", "person", "both")
    return experiment


def click(unit, seconds, link):
    return Event.objects.create(
        source="test",
        message_id=f"{unit}-{seconds}-{link}",
        kind="track",
        name="Email Link Clicked",
        unit_id=unit,
        occurred_at=STARTED_AT + timedelta(hours=1, seconds=seconds),
        properties={"url": link, "delivery": "d1"},
    )


def doers(experiment, metric="clicks"):
    """By the roll-up, which has to say the same as a pass over the whole log."""
    roll_up_refresh(experiment, now=LATER)
    kept = samples_by_arm(experiment, now=LATER).of(metric, "", "control").total
    anew, _ = samples_in_database(experiment, metric_specs(experiment), until=LATER)
    assert anew.of(metric, "", "control").total == kept
    return kept


def test_figures_lose_the_scanners_when_they_are_flagged_in_hindsight(experiment):
    for at in range(3):
        click("robot", at / 2, f"l{at}")
        click("both", at / 2, f"l{at}")
    click("person", 0, "l0")
    click("both", 900, "l0")
    assert doers(experiment) == 3
    bots_flag(since=STARTED_AT, until=LATER)
    assert doers(experiment) == 2


def test_a_unit_whose_events_became_anothers_loses_them(experiment):
    order("robot")
    assert doers(experiment, "orders") == 1
    UnitAlias.objects.create(alias="robot", unit_id="person", since=STARTED_AT)
    order("person")
    assert units_move(["robot"]) == 1
    assert doers(experiment, "orders") == 1
    UnitAlias.objects.create(alias="person", unit_id="somebody else", since=STARTED_AT)
    units_move(["person"])
    assert doers(experiment, "orders") == 0
