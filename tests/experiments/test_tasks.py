from __future__ import annotations

import pytest

from experiments.models import Analysis, WeightChange
from experiments.selectors import experiment_plan
from experiments.services import experiment_decide, experiment_pause, units_decide_bulk
from experiments.tasks import (
    analyses_refresh,
    analysis_refresh,
    bandits_refresh,
    traffic_refresh,
)
from tests.factories.experiments import LATER, draft, orders, running

pytestmark = pytest.mark.django_db


def test_every_experiment_that_is_on_is_woken_and_no_other(django_capture_on_commit_callbacks):
    experiment, paused, over = running(), running(), running()
    experiment_pause(paused, now=LATER, actor=None)
    experiment_decide(over, now=LATER, actor=None, reason="")
    draft()
    with django_capture_on_commit_callbacks() as sent:
        analyses_refresh()
    assert [callback.args for callback in sent] == [
        ("experiments.tasks.analysis_refresh", {"experiment_id": experiment.pk}),
        ("experiments.tasks.analysis_refresh", {"experiment_id": paused.pk}),
    ]


def test_the_task_stores_an_analysis():
    experiment = running()
    analysis_refresh(experiment_id=experiment.pk)
    assert Analysis.objects.get().experiment == experiment


def test_an_experiment_deleted_meanwhile_is_no_error():
    analysis_refresh(experiment_id=0)
    assert not Analysis.objects.exists()


def test_every_running_bandit_is_woken_and_no_other(django_capture_on_commit_callbacks):
    bandit = running(traffic="thompson")
    experiment_pause(running(traffic="top_two"), now=LATER, actor=None)
    draft(traffic="thompson")
    running()
    with django_capture_on_commit_callbacks() as sent:
        bandits_refresh()
    assert [callback.args for callback in sent] == [
        ("experiments.tasks.traffic_refresh", {"experiment_id": bandit.pk})
    ]


def test_the_task_moves_the_traffic():
    bandit = running(traffic="thompson", warm_up=10)
    people = {f"u{number}": "" for number in range(200)}
    decided = units_decide_bulk(experiment_plan(bandit), people, now=LATER)
    control = bandit.arms.get(is_control=True).pk
    orders(*(one.unit_id for one in decided if one.arm_id != control), at=LATER)
    traffic_refresh(experiment_id=bandit.pk)
    assert WeightChange.objects.get(period=1).weights == {
        "control": pytest.approx(0.1),
        "urgency": pytest.approx(0.9),
    }


def test_a_bandit_deleted_meanwhile_is_no_error():
    traffic_refresh(experiment_id=0)
    assert not WeightChange.objects.exists()
