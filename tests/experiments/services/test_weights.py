from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import DomainError, InputRefused
from core.models import AuditEntry
from experiments.assignment import Reason
from experiments.models import Experiment, Exposure, WeightChange
from experiments.selectors import arm_plans, experiment_plan, weight_history
from experiments.services import (
    experiment_decide,
    experiment_pause,
    experiment_ramp,
    experiment_reweigh,
    experiment_start,
    units_decide_bulk,
)
from tests.factories.experiments import LATER, STARTED_AT, draft, running

ENDED = "it is decided, and would have to be"
TO_URGENCY = {"control": 0.1, "urgency": 0.9}
PEOPLE = {f"u{number}": "" for number in range(400)}


def reweigh(experiment: Experiment, weights=TO_URGENCY, **options) -> WeightChange:
    given = {"reason": "more of what works", "now": LATER, "actor": None} | options
    return experiment_reweigh(experiment, weights=weights, **given)


def given_to(experiment: Experiment) -> dict[str, str]:
    return dict(experiment.exposures.values_list("unit_id", "arm__key"))


def decide(experiment: Experiment, units=PEOPLE):
    return units_decide_bulk(experiment_plan(experiment), units, now=LATER)


@pytest.mark.django_db
def test_the_start_is_period_nought():
    experiment = running(coverage=0.25)
    (change,) = weight_history(experiment)
    assert (change.period, change.weights, change.coverage, change.since) == (
        0,
        {"control": 0.5, "urgency": 0.5},
        0.25,
        STARTED_AT,
    )


@pytest.mark.django_db
def test_a_ramp_is_a_new_period_of_the_same_weights(owner):
    experiment = running(coverage=0.1)
    experiment_ramp(experiment, coverage=0.5, now=LATER, actor=owner)
    assert experiment.coverage == 0.5
    assert [(one.period, one.coverage, one.since) for one in weight_history(experiment)] == [
        (0, 0.1, STARTED_AT),
        (1, 0.5, LATER),
    ]
    entry = AuditEntry.objects.get(action="experiment_ramp")
    assert (entry.actor, entry.detail) == (owner, {"coverage": 0.5, "before": 0.1})


@pytest.mark.django_db
def test_a_ramp_to_where_it_stands_changes_nothing():
    experiment = running(coverage=0.5)
    experiment_ramp(experiment, coverage=0.5, now=LATER, actor=None)
    assert len(weight_history(experiment)) == 1
    assert not AuditEntry.objects.filter(action="experiment_ramp").exists()


@pytest.mark.django_db
def test_a_draft_is_ramped_without_a_period_and_starts_with_it():
    experiment = draft()
    experiment_ramp(experiment, coverage=0.2, now=STARTED_AT, actor=None)
    assert weight_history(experiment) == ()
    experiment_start(experiment, now=STARTED_AT, actor=None)
    assert [one.coverage for one in weight_history(experiment)] == [0.2]


@pytest.mark.django_db
def test_growing_and_shrinking_moves_nobody():
    experiment = running(coverage=0.3)
    decide(experiment)
    before = given_to(experiment)
    experiment_ramp(experiment, coverage=0.8, now=LATER, actor=None)
    decide(experiment)
    grown = given_to(experiment)
    experiment_ramp(experiment, coverage=0.0, now=LATER, actor=None)
    decided = decide(experiment)
    assert 0 < len(before) < len(grown) < len(PEOPLE)
    assert before.items() <= grown.items()
    assert given_to(experiment) == grown
    assert {one.reason for one in decided} == {Reason.STICKY, Reason.OUTSIDE_COVERAGE}


@pytest.mark.django_db
@pytest.mark.parametrize("coverage", [-0.1, 1.1])
def test_a_share_out_of_range_is_refused(coverage):
    with pytest.raises(InputRefused, match="coverage: give a share"):
        experiment_ramp(running(), coverage=coverage, now=LATER, actor=None)


@pytest.mark.django_db
def test_a_paused_test_can_be_ramped_and_a_decided_one_not():
    experiment = running()
    experiment_pause(experiment, now=LATER, actor=None)
    experiment_ramp(experiment, coverage=0.5, now=LATER, actor=None)
    experiment_decide(experiment, now=LATER, actor=None, reason="")
    with pytest.raises(DomainError, match=ENDED):
        experiment_ramp(experiment, coverage=1.0, now=LATER, actor=None)


@pytest.mark.django_db
def test_new_weights_are_a_new_period_with_its_reason(owner):
    experiment = running()
    change = reweigh(experiment, actor=owner)
    assert (change.period, change.reason) == (1, "more of what works")
    assert dict(experiment.arms.values_list("key", "weight")) == TO_URGENCY
    assert experiment_plan(experiment).split.weights == (0.1, 0.9)
    assert experiment_plan(experiment).period == 1
    assert AuditEntry.objects.get(action="experiment_reweigh").detail["weights"] == TO_URGENCY


@pytest.mark.django_db
def test_exposed_units_stay_and_only_new_ones_follow_the_new_weights():
    experiment = running()
    decide(experiment)
    before = given_to(experiment)
    reweigh(experiment)
    decided = decide(experiment, PEOPLE | {f"v{number}": "" for number in range(400)})
    after = given_to(experiment)
    assert before.items() <= after.items()
    assert {one.reason for one in decided[:400]} == {Reason.STICKY}
    new = [arm for unit, arm in after.items() if unit not in before]
    assert 0.85 < new.count("urgency") / len(new) < 0.95
    assert dict(Exposure.objects.values_list("unit_id", "period"))["v1"] == 1
    assert dict(Exposure.objects.values_list("unit_id", "period"))["u1"] == 0


@pytest.mark.django_db
def test_a_plan_that_is_older_stores_the_period_it_was_decided_with():
    experiment = running()
    old = experiment_plan(experiment)
    reweigh(experiment)
    units_decide_bulk(old, {"ann": ""}, now=LATER)
    assert Exposure.objects.get().period == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ({"control": 1.0}, "give a share to each of control, urgency"),
        ({"control": 0.5, "urgency": 0.5, "calm": 0.0}, "and to nothing else"),
        ({"control": 0.5, "urgency": 0.4}, r"the sum is 0\.9"),
        ({"control": 1.5, "urgency": -0.5}, "between 0 and 1"),
    ],
)
def test_weights_that_do_not_divide_the_traffic_are_refused(weights, reason):
    experiment = running()
    with pytest.raises(InputRefused, match=reason):
        reweigh(experiment, weights)
    assert len(weight_history(experiment)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_new_weights_need_a_reason(reason):
    with pytest.raises(InputRefused, match="say why"):
        reweigh(running(), reason=reason)


@pytest.mark.django_db
def test_only_a_running_test_gets_other_weights():
    experiment = running()
    experiment_pause(experiment, now=LATER, actor=None)
    with pytest.raises(DomainError, match="would have to be running"):
        reweigh(experiment)


@pytest.mark.django_db
def test_the_weights_of_a_tool_that_splits_are_not_ours_to_change():
    with pytest.raises(DomainError, match="the email tool splits"):
        reweigh(running(assignment="external"))


@pytest.mark.django_db
def test_weights_computed_from_a_period_that_is_over_are_refused():
    experiment = running()
    reweigh(experiment, after_period=0)
    with pytest.raises(DomainError, match="compute them anew"):
        reweigh(experiment, {"control": 0.5, "urgency": 0.5}, after_period=0)
    assert dict(experiment.arms.values_list("key", "weight")) == TO_URGENCY


@pytest.mark.django_db
def test_a_period_is_written_once_whoever_writes_it():
    experiment = running()
    with pytest.raises(IntegrityError), transaction.atomic():
        WeightChange.objects.create(
            experiment=experiment, period=0, weights={}, reason="twice", created_at=LATER
        )


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_queue_up_and_make_two_periods():
    experiment = running()
    failures = []

    def change(share: float) -> None:
        try:
            reweigh(experiment, {"control": share, "urgency": 1 - share})
        except Exception as failure:  # shown below: a thread's error is nobody's
            failures.append(failure)
        finally:
            connection.close()

    rivals = [threading.Thread(target=change, args=(share,)) for share in (0.2, 0.3, 0.4)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join(timeout=20)
    history = weight_history(experiment)
    assert failures == []
    assert [one.period for one in history] == [0, 1, 2, 3]
    assert dict(experiment.arms.values_list("key", "weight")) == history[-1].weights


@pytest.mark.django_db
def test_readers_of_results_see_the_weights_in_force(django_assert_num_queries):
    experiment = running()
    reweigh(experiment)
    with django_assert_num_queries(1):
        arms = arm_plans(experiment)
    assert arms == experiment_plan(experiment).arms


@pytest.mark.django_db
def test_a_plan_is_read_in_four_queries(django_assert_num_queries):
    experiment = Experiment.objects.select_related("layer").get(pk=running().pk)
    with django_assert_num_queries(4):
        experiment_plan(experiment)
