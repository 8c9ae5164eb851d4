from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from core.errors import DomainError
from experiments.models import Exposure, UnknownArm
from experiments.selectors import experiment_plan
from experiments.services import (
    UnitArm,
    experiment_pause,
    exposure_note_other_arm,
    unit_assign,
    units_assign_bulk,
    units_decide_bulk,
    unknown_arm_note,
)
from experiments.services.exposures import UNKNOWN_ARMS_KEPT
from tests.factories.experiments import LATER, STARTED_AT, arm, draft, running
from tests.waiting import wait_until_blocked


@pytest.mark.django_db
def test_a_new_unit_gets_the_arm_asked_for(django_assert_num_queries):
    experiment = running()
    urgency = arm(experiment, "urgency")
    with django_assert_num_queries(1):
        assigned = unit_assign(
            experiment.pk, "ann", arm_id=urgency.pk, stratum="loyal", now=STARTED_AT
        )
    assert (assigned.arm_id, assigned.stratum, assigned.assigned_at, assigned.is_new) == (
        urgency.pk,
        "loyal",
        STARTED_AT,
        True,
    )


@pytest.mark.django_db
def test_what_is_stored_wins_over_what_is_asked_later(django_assert_num_queries):
    experiment = running()
    control, urgency = arm(experiment, "control"), arm(experiment, "urgency")
    unit_assign(experiment.pk, "ann", arm_id=control.pk, stratum="loyal", now=STARTED_AT)
    with django_assert_num_queries(1):
        again = unit_assign(experiment.pk, "ann", arm_id=urgency.pk, stratum="new", now=LATER)
    assert (again.arm_id, again.stratum, again.assigned_at, again.is_new) == (
        control.pk,
        "loyal",
        STARTED_AT,
        False,
    )
    assert Exposure.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "make", [draft, lambda: experiment_pause(running(), now=LATER, actor=None)]
)
def test_nobody_new_enters_a_test_that_does_not_run(make):
    experiment = make()
    with pytest.raises(DomainError, match="not running"):
        unit_assign(
            experiment.pk,
            "ann",
            arm_id=arm(experiment, "control").pk,
            stratum="",
            now=STARTED_AT,
        )


@pytest.mark.django_db
def test_a_paused_test_still_knows_its_units():
    experiment = running()
    control = arm(experiment, "control")
    unit_assign(experiment.pk, "ann", arm_id=control.pk, stratum="", now=STARTED_AT)
    experiment_pause(experiment, now=LATER, actor=None)
    assert not unit_assign(experiment.pk, "ann", arm_id=control.pk, stratum="", now=LATER).is_new


@pytest.mark.django_db
def test_an_arm_of_another_experiment_is_refused():
    experiment, other = running(), running()
    with pytest.raises(DomainError, match="none of its arms"):
        unit_assign(
            experiment.pk, "ann", arm_id=arm(other, "control").pk, stratum="", now=STARTED_AT
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_that_race_for_a_unit_one_wins_and_both_learn_it():
    experiment = running()
    control, urgency = arm(experiment, "control"), arm(experiment, "urgency")
    answers = []

    def second() -> None:
        answers.append(unit_assign(experiment.pk, "ann", arm_id=urgency.pk, stratum="", now=LATER))
        connection.close()

    rival = threading.Thread(target=second)
    with transaction.atomic():
        unit_assign(experiment.pk, "ann", arm_id=control.pk, stratum="", now=STARTED_AT)
        rival.start()
        wait_until_blocked()
    rival.join(timeout=10)
    assert [(answer.arm_id, answer.is_new) for answer in answers] == [(control.pk, False)]


@pytest.mark.django_db
def test_many_units_are_assigned_in_the_order_given(django_assert_max_num_queries):
    experiment = running()
    control, urgency = arm(experiment, "control"), arm(experiment, "urgency")
    unit_assign(experiment.pk, "cid", arm_id=control.pk, stratum="loyal", now=STARTED_AT)
    with django_assert_max_num_queries(4):
        found = units_assign_bulk(
            experiment.pk,
            [
                UnitArm(unit_id="cid", arm_id=urgency.pk, stratum="new"),
                UnitArm(unit_id="ann", arm_id=urgency.pk, stratum="new"),
                UnitArm(unit_id="bob", arm_id=control.pk),
            ],
            now=LATER,
        )
    assert [(row.arm_id, row.stratum, row.is_new) for row in found] == [
        (control.pk, "loyal", False),
        (urgency.pk, "new", True),
        (control.pk, "", True),
    ]


@pytest.mark.django_db
def test_of_a_unit_named_twice_the_first_wins():
    experiment = running()
    control, urgency = arm(experiment, "control"), arm(experiment, "urgency")
    twice = [UnitArm(unit_id="ann", arm_id=key) for key in (urgency.pk, control.pk)]
    found = units_assign_bulk(experiment.pk, twice, now=STARTED_AT)
    assert [row.arm_id for row in found] == [urgency.pk, urgency.pk]


@pytest.mark.django_db
def test_one_impossible_unit_stores_none():
    experiment, other = running(), running()
    units = [
        UnitArm(unit_id="ann", arm_id=arm(experiment, "control").pk),
        UnitArm(unit_id="bob", arm_id=arm(other, "control").pk),
    ]
    with pytest.raises(DomainError, match="1 units cannot be assigned"):
        units_assign_bulk(experiment.pk, units, now=STARTED_AT)
    assert not Exposure.objects.exists()


@pytest.mark.django_db
def test_what_is_stored_says_in_which_period_it_was_decided():
    experiment = running()
    control = arm(experiment, "control").pk
    unit_assign(experiment.pk, "ann", arm_id=control, stratum="", now=LATER, period=3)
    units_assign_bulk(experiment.pk, [UnitArm(unit_id="bob", arm_id=control, period=4)], now=LATER)
    assert dict(Exposure.objects.values_list("unit_id", "period")) == {"ann": 3, "bob": 4}


@pytest.mark.django_db
def test_an_unknown_arm_is_counted_under_its_name():
    experiment = running()
    for at in (LATER, STARTED_AT):
        unknown_arm_note(experiment.pk, "c" * 100, now=at)
    row = UnknownArm.objects.get()
    assert (row.key, row.times, row.last_seen_at) == ("c" * 60, 2, LATER)


@pytest.mark.django_db
def test_a_tool_that_sends_nonsense_does_not_fill_the_table():
    experiment = running()
    for number in range(UNKNOWN_ARMS_KEPT + 5):
        unknown_arm_note(experiment.pk, f"arm-{number}", now=LATER)
    unknown_arm_note(experiment.pk, "arm-0", now=LATER)
    assert UnknownArm.objects.count() == UNKNOWN_ARMS_KEPT
    assert UnknownArm.objects.get(key="arm-0").times == 2


@pytest.mark.django_db
def test_another_arm_is_noted_once_and_the_stored_one_stays():
    experiment = running()
    control = arm(experiment, "control").pk
    unit_assign(experiment.pk, "ann", arm_id=control, stratum="", now=LATER)
    exposure_note_other_arm(experiment.pk, "ann")
    row = Exposure.objects.get()
    assert (row.has_other_arm, row.arm_id) == (True, control)


@pytest.mark.django_db
def test_many_are_not_decided_where_the_email_tool_splits():
    plan = experiment_plan(running(assignment="external"))
    with pytest.raises(DomainError, match="split by the email tool"):
        units_decide_bulk(plan, {"ann": ""}, now=LATER)


@pytest.mark.django_db
def test_many_are_decided_in_few_queries_and_answered_in_their_order(
    django_assert_max_num_queries,
):
    plan = experiment_plan(running())
    people = {f"u{number}": "loyal" for number in range(50, 0, -1)}
    with django_assert_max_num_queries(7):
        found = units_decide_bulk(plan, people, now=LATER)
    assert [one.unit_id for one in found] == list(people)
    assert dict(Exposure.objects.values_list("unit_id", "arm_id")) == {
        one.unit_id: one.arm_id for one in found
    }
