import pytest

from events.models import Event, UnitAlias
from events.services import units_move
from experiments.models import Exposure, ForcedArm
from experiments.selectors import metric_specs, samples_by_arm
from experiments.services import exposures_follow_names, roll_up_refresh
from experiments.warehouse.postgres import samples_in_database
from tests.factories.experiments import LATER, STARTED_AT, arm, expose, order, running

pytestmark = pytest.mark.django_db


def turns_out_to_be(alias, unit):
    UnitAlias.objects.create(alias=alias, unit_id=unit, since=STARTED_AT)
    units_move([alias])


def orders(experiment):
    """Units and orders by arm, by the roll-up, which has to say the same as the whole log."""
    roll_up_refresh(experiment, now=LATER)
    kept = samples_by_arm(experiment, now=LATER)
    anew, _ = samples_in_database(experiment, metric_specs(experiment), until=LATER)
    found = {}
    for key in ("control", "urgency"):
        one, other = kept.of("orders", "", key), anew.of("orders", "", key)
        assert (one.units, one.total) == (other.units, other.total)
        found[key] = (one.units, one.total)
    return found


def test_a_visitor_who_logs_in_keeps_their_arm_and_brings_what_they_did():
    experiment = running()
    expose(experiment, "urgency", "browser", "other")
    order("browser")
    assert orders(experiment)["urgency"] == (2, 1)
    turns_out_to_be("browser", "u1")
    order("u1", name="Something else")
    assert exposures_follow_names() == 1
    moved = Exposure.objects.get(unit_id="u1")
    assert (moved.arm.key, moved.assigned_at) == ("urgency", STARTED_AT)
    assert orders(experiment)["urgency"] == (2, 1)
    assert exposures_follow_names() == 0


def test_what_is_done_after_the_log_in_counts():
    experiment = running()
    expose(experiment, "urgency", "browser")
    turns_out_to_be("browser", "u1")
    order("u1")
    exposures_follow_names()
    assert orders(experiment)["urgency"] == (1, 1)


def test_a_contact_with_an_arm_keeps_it_and_is_one_person():
    experiment = running()
    expose(experiment, "urgency", "browser")
    expose(experiment, "control", "u1")
    order("browser")
    orders(experiment)
    turns_out_to_be("browser", "u1")
    exposures_follow_names()
    kept = Exposure.objects.get()
    assert (kept.unit_id, kept.arm.key, kept.has_other_arm) == ("u1", "control", True)
    assert orders(experiment) == {"control": (1, 1), "urgency": (0, 0)}


def test_two_browsers_of_one_person_in_one_arm_are_one_person():
    experiment = running()
    expose(experiment, "urgency", "phone", "laptop")
    turns_out_to_be("phone", "u1")
    turns_out_to_be("laptop", "u1")
    assert exposures_follow_names() == 2
    assert Exposure.objects.get().has_other_arm is False
    assert orders(experiment)["urgency"] == (1, 0)


def test_who_tries_an_arm_out_goes_on_seeing_it():
    experiment = running()
    ForcedArm.objects.create(
        experiment=experiment, unit_id="browser", arm=arm(experiment, "urgency")
    )
    expose(running(), "control", "browser")
    turns_out_to_be("browser", "u1")
    exposures_follow_names()
    assert ForcedArm.objects.get().unit_id == "browser"


def test_nobody_else_is_touched():
    experiment = running()
    expose(experiment, "control", "u1", "u2")
    assert exposures_follow_names() == 0
    assert Exposure.objects.count() == 2
    assert not Event.objects.exists()
