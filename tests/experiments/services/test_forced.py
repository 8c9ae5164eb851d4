from __future__ import annotations

import pytest

from core.errors import DomainError, InputRefused
from core.models import AuditEntry
from experiments.assignment import Reason
from experiments.models import Exposure, ForcedArm
from experiments.selectors import experiment_plan
from experiments.services import (
    UnitArm,
    forced_arm_clear,
    forced_arm_set,
    unit_assign,
    unit_forget,
    units_assign_bulk,
    units_decide_bulk,
)
from tests.factories.experiments import LATER, arm, expose, running

pytestmark = pytest.mark.django_db


def test_a_forced_unit_gets_its_arm_and_is_not_exposed():
    experiment = running()
    forced_arm_set(experiment, "tester", arm_key="urgency", actor=None)
    plan = experiment_plan(experiment)
    tester, ann = units_decide_bulk(plan, {"tester": "", "ann": ""}, now=LATER)
    assert (tester.arm_id, tester.reason) == (arm(experiment, "urgency").pk, Reason.FORCED)
    assert ann.reason is Reason.ASSIGNED
    assert Exposure.objects.get().unit_id == "ann"


def test_forcing_again_changes_the_arm():
    experiment = running()
    for key in ("urgency", "control"):
        forced_arm_set(experiment, "tester", arm_key=key, actor=None)
    assert ForcedArm.objects.get().arm.key == "control"


def test_a_process_whose_plan_is_older_does_not_store_a_forced_unit():
    experiment = running()
    forced_arm_set(experiment, "tester", arm_key="urgency", actor=None)
    control = arm(experiment, "control").pk
    with pytest.raises(DomainError, match="forced"):
        unit_assign(experiment.pk, "tester", arm_id=control, stratum="", now=LATER)
    with pytest.raises(DomainError, match="forced"):
        units_assign_bulk(experiment.pk, [UnitArm(unit_id="tester", arm_id=control)], now=LATER)
    assert not Exposure.objects.exists()


def test_an_exposed_unit_cannot_be_forced():
    experiment = running()
    expose(experiment, "control", "ann")
    with pytest.raises(DomainError, match="counts with its arm"):
        forced_arm_set(experiment, "ann", arm_key="urgency", actor=None)


def test_a_cleared_unit_is_one_like_any_other():
    experiment = running()
    forced_arm_set(experiment, "tester", arm_key="urgency", actor=None)
    forced_arm_clear(experiment, "tester", actor=None)
    (tester,) = units_decide_bulk(experiment_plan(experiment), {"tester": ""}, now=LATER)
    assert tester.reason is Reason.ASSIGNED
    with pytest.raises(DomainError, match="not forced"):
        forced_arm_clear(experiment, "tester", actor=None)


@pytest.mark.parametrize(
    ("unit", "key", "field"),
    [("tester", "calm", "arm"), ("", "control", "unit_id"), ("x" * 201, "control", "unit_id")],
)
def test_what_cannot_be_forced_is_refused_by_the_field(unit, key, field):
    with pytest.raises(InputRefused) as refused:
        forced_arm_set(running(), unit, arm_key=key, actor=None)
    assert refused.value.field == field


def test_the_trail_says_who_forced_which_arm_and_not_for_whom(owner):
    forced_arm_set(running(), "ann@people.example", arm_key="urgency", actor=owner)
    entry = AuditEntry.objects.get(action="forced_arm_set")
    assert (entry.actor, entry.detail) == (owner, {"arm": "urgency"})


def test_a_forgotten_person_is_no_tester_any_more():
    forced_arm_set(running(), "ann@people.example", arm_key="urgency", actor=None)
    assert unit_forget("ann@people.example") == 0
    assert not ForcedArm.objects.exists()
