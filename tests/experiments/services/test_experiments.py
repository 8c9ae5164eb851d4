from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import DomainError, InputRefused
from core.models import AuditEntry
from experiments.models import Experiment
from experiments.services import (
    experiment_archive,
    experiment_arms_replace,
    experiment_create,
    experiment_decide,
    experiment_pause,
    experiment_resume,
    experiment_start,
)
from tests.factories.experiments import (
    LATER,
    ORDERS,
    REVENUE,
    STARTED_AT,
    THREE_ARMS,
    TWO_ARMS,
    draft,
    running,
)

pytestmark = pytest.mark.django_db
RATIO_GOAL = replace(ORDERS, kind="ratio", denominator_event="Visited")


def test_a_draft_keeps_its_arms_in_the_order_of_the_hash():
    experiment = draft(arms=THREE_ARMS)
    assert list(experiment.arms.values_list("key", "position")) == [
        ("control", 0),
        ("urgency", 1),
        ("curiosity", 2),
    ]


def test_settings_reach_the_experiment():
    experiment = draft(confidence=0.9, planned_units=4000)
    assert (experiment.confidence, experiment.planned_units) == (0.9, 4000)


def test_an_unknown_setting_is_refused_by_its_name():
    with pytest.raises(InputRefused) as refused:
        draft(minimum_weeks=2)
    assert refused.value.field == "minimum_weeks"


@pytest.mark.parametrize("confidence", [0.5, 1.0, "0.95"])
def test_a_confidence_out_of_range_is_refused(confidence):
    with pytest.raises(InputRefused, match="confidence"):
        draft(confidence=confidence)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"coverage": 1.5}, "coverage"),
        ({"holdout_share": -0.1}, "holdout_share"),
        ({"layer_start": 0.6, "layer_end": 0.5}, "layer_start"),
        ({"looks": "group_sequential"}, "looks"),
        ({"looks": "sometimes"}, "looks"),
        ({"correction": "none"}, "correction"),
    ],
)
def test_a_setting_out_of_range_is_refused_by_its_name(settings, field):
    with pytest.raises(InputRefused, match=field):
        draft(**settings)


@pytest.mark.parametrize(("planned", "looks"), [(4000, "fixed"), (None, "anytime")])
def test_a_test_without_a_planned_sample_is_watched_by_a_rule_for_any_time(planned, looks):
    assert draft(planned_units=planned).looks == looks


@pytest.mark.parametrize(
    ("settings", "field", "reason"),
    [
        ({"assignment": "external"}, "traffic", "where Copylift splits"),
        ({"metrics": [RATIO_GOAL]}, "traffic", "cannot follow the ratio"),
        ({"floor": 0.6}, "floor", "something to divide"),
        ({"floor": -0.1}, "floor", "something to divide"),
        (
            {"arms": [replace(TWO_ARMS[0], weight=1.0), replace(TWO_ARMS[1], weight=0.0)]},
            "weights",
            "every arm needs some traffic",
        ),
    ],
)
def test_a_bandit_that_could_not_learn_is_refused(settings, field, reason):
    with pytest.raises(InputRefused, match=reason) as refused:
        draft(traffic="thompson", **settings)
    assert refused.value.field == field


def test_an_unknown_assignment_is_refused():
    with pytest.raises(InputRefused, match="assignment"):
        draft(assignment="dice")


def test_a_key_can_be_used_once():
    taken = draft()
    with pytest.raises(InputRefused, match="already"):
        experiment_create(key=taken.key, name="x", salt="x", arms=TWO_ARMS, metrics=[ORDERS])


@pytest.mark.parametrize(
    ("arms", "field", "reason"),
    [
        (TWO_ARMS[:1], "arms", "one arm more"),
        ([TWO_ARMS[0], replace(TWO_ARMS[1], key="control")], "arms", "once"),
        ([replace(arm, is_control=True) for arm in TWO_ARMS], "arms", "exactly one"),
        ([replace(arm, is_control=False) for arm in TWO_ARMS], "arms", "exactly one"),
        ([replace(arm, weight=0.4) for arm in TWO_ARMS], "weights", "the sum is 0.8"),
        (
            [replace(TWO_ARMS[0], weight=1.5), replace(TWO_ARMS[1], weight=-0.5)],
            "weights",
            "between 0 and 1",
        ),
    ],
)
def test_arms_that_cannot_split_traffic_are_refused(arms, field, reason):
    with pytest.raises(InputRefused, match=reason) as refused:
        draft(arms=arms)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("metrics", "reason"),
    [
        ([REVENUE], "one must be the goal"),
        ([ORDERS, replace(REVENUE, key="orders")], "once"),
        ([replace(ORDERS, kind="median")], "kind of orders"),
        ([ORDERS, replace(REVENUE, role="hope")], "role of revenue"),
        ([replace(ORDERS, event_name="")], "no event"),
        ([replace(ORDERS, window_hours=0)], "window"),
        ([ORDERS, replace(REVENUE, window_starts_hours=48, window_hours=24)], "end after it"),
        ([replace(ORDERS, kind="retention", window_hours=24)], "when its window begins"),
        ([ORDERS, replace(REVENUE, kind="ratio")], "event below the line"),
        ([ORDERS, replace(REVENUE, denominator_event="Visited")], "event below the line"),
        ([ORDERS, replace(REVENUE, kind="quantile")], "which quantile"),
        ([ORDERS, replace(REVENUE, cap_quantile=99.0)], "between 0 and 1"),
        ([replace(ORDERS, cap=Decimal(5))], "can be capped"),
        ([ORDERS, replace(REVENUE, cap=Decimal(5), cap_quantile=0.99)], "capped twice"),
        ([ORDERS, replace(REVENUE, cap=Decimal(0))], "above zero"),
        ([ORDERS, replace(REVENUE, covariate_days=400)], "1 to 365"),
        ([ORDERS, replace(REVENUE, role="guardrail", margin=-0.1)], "above 0"),
        ([ORDERS, replace(REVENUE, margin=0.1)], "only a guardrail"),
    ],
)
def test_metrics_that_cannot_give_a_verdict_are_refused(metrics, reason):
    with pytest.raises(InputRefused, match=reason):
        draft(metrics=metrics)


def test_a_started_experiment_has_its_time():
    experiment = running()
    assert (experiment.status, experiment.started_at) == ("running", STARTED_AT)


def test_an_experiment_starts_once():
    experiment = running()
    with pytest.raises(DomainError, match="it is running, and would have to be draft"):
        experiment_start(experiment, now=LATER, actor=None)


def test_an_experiment_without_a_goal_does_not_start():
    experiment = draft()
    experiment.metrics.filter(role="goal").delete()
    with pytest.raises(DomainError, match="no goal metric"):
        experiment_start(experiment, now=STARTED_AT, actor=None)


def test_arms_changed_behind_the_services_back_are_seen_at_the_start():
    experiment = draft()
    experiment.arms.filter(key="urgency").update(weight=0.2)
    with pytest.raises(InputRefused, match=r"the sum is 0\.7"):
        experiment_start(experiment, now=STARTED_AT, actor=None)


def test_a_pause_ends_with_a_resume():
    experiment = running()
    experiment_pause(experiment, now=LATER, actor=None)
    assert experiment.status == "paused"
    experiment_resume(experiment, now=LATER, actor=None)
    assert experiment.status == "running"


def test_a_stale_copy_of_the_row_cannot_pause_twice():
    experiment = running()
    stale = Experiment.objects.get(pk=experiment.pk)
    experiment_pause(experiment, now=LATER, actor=None)
    with pytest.raises(DomainError, match="it is paused"):
        experiment_pause(stale, now=LATER, actor=None)


def test_a_decision_ends_the_test_and_can_be_archived():
    experiment = running()
    experiment_decide(experiment, now=LATER, actor=None, reason="won")
    assert (experiment.status, experiment.ended_at) == ("decided", LATER)
    experiment_archive(experiment, actor=None)
    assert experiment.status == "archived"


def test_a_draft_cannot_be_decided():
    with pytest.raises(DomainError, match="would have to be running or paused"):
        experiment_decide(draft(), now=LATER, actor=None, reason="")


def test_a_draft_can_get_other_arms():
    experiment = draft()
    experiment_arms_replace(experiment, THREE_ARMS, actor=None)
    assert experiment.arms.count() == 3


def test_a_running_test_keeps_its_arms():
    experiment = running()
    with pytest.raises(DomainError, match="it has started"):
        experiment_arms_replace(experiment, THREE_ARMS, actor=None)
    assert experiment.arms.count() == 2


def test_every_step_is_audited_with_who_did_it(owner):
    experiment = draft()
    experiment_start(experiment, now=STARTED_AT, actor=owner)
    experiment_decide(experiment, now=LATER, actor=owner, reason="it won")
    entries = AuditEntry.objects.filter(actor=owner).order_by("pk")
    assert list(entries.values_list("action", "detail")) == [
        ("experiment_start", {}),
        ("experiment_decide", {"reason": "it won"}),
    ]
