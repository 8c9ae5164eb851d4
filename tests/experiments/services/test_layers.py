from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from core.errors import DomainError, InputRefused
from core.models import AuditEntry
from experiments.assignment import Reason
from experiments.models import Exposure, Holdout
from experiments.selectors import experiment_plan
from experiments.services import (
    experiment_decide,
    experiment_pause,
    experiment_slice_set,
    experiment_start,
    holdout_change,
    holdout_create,
    layer_create,
    layer_rename,
    units_decide_bulk,
)
from tests.factories.experiments import LATER, STARTED_AT, draft, running
from tests.waiting import wait_until_blocked

pytestmark = pytest.mark.django_db
PEOPLE = {f"u{number}": "" for number in range(600)}


@pytest.fixture
def layer():
    return layer_create(key="checkout", name="Checkout", actor=None)


def decided(experiment):
    return units_decide_bulk(experiment_plan(experiment), PEOPLE, now=LATER)


def exposed(experiment) -> set[str]:
    return {one.unit_id for one in decided(experiment) if one.arm_id is not None}


def test_experiments_of_one_layer_share_nobody_and_leave_nobody_out(layer):
    first = running(layer=layer, layer_start=0.0, layer_end=0.4)
    second = running(layer=layer, layer_start=0.4, layer_end=1.0)
    one, other = exposed(first), exposed(second)
    assert one.isdisjoint(other)
    assert one | other == set(PEOPLE)


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.5), (0.3, 0.41), (0.5, 0.55), (0.2, 0.9)])
def test_a_slice_that_another_running_test_has_a_part_of_is_refused(layer, start, end):
    taken = running(layer=layer, layer_start=0.4, layer_end=0.6)
    late = draft(layer=layer, layer_start=start, layer_end=end)
    with pytest.raises(DomainError, match=f"“Checkout”: {taken.key} has 0.4 to 0.6"):
        experiment_start(late, now=STARTED_AT, actor=None)
    late.refresh_from_db()
    assert late.status == "draft"


def test_a_paused_test_keeps_its_slice_and_a_decided_one_gives_it_back(layer):
    first, second = running(layer=layer), draft(layer=layer)
    experiment_pause(first, now=LATER, actor=None)
    with pytest.raises(DomainError, match=first.key):
        experiment_start(second, now=LATER, actor=None)
    experiment_decide(first, now=LATER, actor=None, reason="")
    assert experiment_start(second, now=LATER, actor=None).status == "running"


def test_two_layers_do_not_know_each_other(layer):
    running(layer=layer)
    other = layer_create(key="inbox", name="Inbox", actor=None)
    assert running(layer=other).status == "running"


def test_a_running_test_can_get_another_slice_and_keeps_whom_it_had(layer):
    experiment = running(layer=layer, layer_start=0.0, layer_end=0.3)
    before = exposed(experiment)
    experiment_slice_set(experiment, layer=layer, start=0.3, end=0.6, actor=None)
    assert before < exposed(experiment)
    experiment_slice_set(experiment, layer=layer, start=0.9, end=1.0, actor=None)
    stored = set(Exposure.objects.values_list("unit_id", flat=True))
    reasons = {one.unit_id: one.reason for one in decided(experiment)}
    assert {reasons[unit] for unit in before} == {Reason.STICKY}
    assert {reasons[unit] for unit in set(PEOPLE) - stored} <= {
        Reason.OUTSIDE_LAYER,
        Reason.ASSIGNED,
    }


def test_a_running_test_cannot_move_onto_anothers_slice(layer):
    taken = running(layer=layer, layer_start=0.5, layer_end=1.0)
    mine = running(layer=layer, layer_start=0.0, layer_end=0.5)
    with pytest.raises(DomainError, match=taken.key):
        experiment_slice_set(mine, layer=layer, start=0.2, end=0.7, actor=None)
    mine.refresh_from_db()
    assert (mine.layer_start, mine.layer_end) == (0.0, 0.5)


def test_a_test_can_be_taken_out_of_its_layer(layer, owner):
    experiment = running(layer=layer, layer_start=0.0, layer_end=0.1)
    experiment_slice_set(experiment, layer=None, actor=owner)
    assert exposed(experiment) == set(PEOPLE)
    assert AuditEntry.objects.get(action="experiment_slice_set").detail["layer"] is None


@pytest.mark.parametrize(("start", "end"), [(0.5, 0.5), (0.6, 0.5), (-0.1, 0.5), (0.5, 1.1)])
def test_a_slice_that_is_none_is_refused(layer, start, end):
    with pytest.raises(InputRefused, match="is none"):
        experiment_slice_set(draft(), layer=layer, start=start, end=end, actor=None)


def test_an_empty_slice_does_not_start(layer):
    with pytest.raises(InputRefused, match="not empty"):
        running(layer=layer, layer_start=0.5, layer_end=0.5)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_start_at_once_on_the_same_slice_one_is_refused():
    layer = layer_create(key="checkout", name="Checkout", actor=None)
    first, second = draft(layer=layer), draft(layer=layer)
    refused = []

    def rival() -> None:
        try:
            experiment_start(second, now=STARTED_AT, actor=None)
        except DomainError as error:
            refused.append(str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=rival)
    with transaction.atomic():
        experiment_start(first, now=STARTED_AT, actor=None)
        thread.start()
        wait_until_blocked()
    thread.join(timeout=10)
    assert len(refused) == 1
    assert first.key in refused[0]


def test_a_layers_key_is_used_once_and_its_name_can_change(layer, owner):
    with pytest.raises(InputRefused, match="key"):
        layer_create(key="checkout", name="Again", actor=None)
    assert layer_rename(layer, name="Basket", actor=owner).name == "Basket"
    assert AuditEntry.objects.filter(target_id=str(layer.pk)).count() == 2


def test_the_global_holdout_stands_before_every_experiment():
    holdout_create(key="2026", name="Year", share=0.2, actor=None)
    first, second = running(), running()
    outside = [
        {one.unit_id for one in decided(experiment) if one.reason is Reason.GLOBAL_HOLDOUT}
        for experiment in (first, second)
    ]
    assert outside[0] == outside[1]
    assert 0.1 < len(outside[0]) / len(PEOPLE) < 0.3


def test_an_experiments_own_holdout_is_of_other_people():
    first, second = running(holdout_share=0.3), running(holdout_share=0.3)
    own = [
        {one.unit_id for one in decided(experiment) if one.reason is Reason.HOLDOUT}
        for experiment in (first, second)
    ]
    assert own[0] != own[1]
    assert all(0.2 < len(units) / len(PEOPLE) < 0.4 for units in own)


def test_who_was_exposed_before_the_holdout_keeps_the_arm():
    experiment = running()
    before = exposed(experiment)
    holdout_create(key="2026", name="Year", share=0.5, actor=None)
    assert exposed(experiment) == before


def test_one_global_holdout_is_active(owner):
    first = holdout_create(key="2026", name="Year", share=0.1, actor=owner)
    with pytest.raises(InputRefused, match="“Year” is active"):
        holdout_create(key="2027", name="Next", share=0.1, actor=owner)
    holdout_change(first, name="Year", share=0.1, is_active=False, actor=owner)
    holdout_create(key="2027", name="Next", share=0.1, actor=owner)
    assert Holdout.objects.get(is_active=True).key == "2027"
    assert experiment_plan(draft()).split.global_holdout.key == "2027"


@pytest.mark.parametrize("share", [-0.1, 1.2])
def test_a_holdout_of_more_than_everybody_is_refused(share):
    with pytest.raises(InputRefused, match="share"):
        holdout_create(key="2026", name="Year", share=share, actor=None)
