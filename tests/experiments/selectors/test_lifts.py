from __future__ import annotations

from datetime import timedelta

import pytest

from experiments.models import Analysis
from experiments.selectors import lift_over_time
from tests.factories.experiments import STARTED_AT, running

pytestmark = pytest.mark.django_db
ARMS = [
    {"key": "control", "name": "Control", "units": 10},
    {"key": "urgency", "name": "Urgency", "units": 12},
]


def snapshot(experiment, hours, lift, *, comparisons=None):
    results = {
        "arms": ARMS,
        "metrics": [
            {"name": "Revenue", "role": "secondary", "overall": {"comparisons": {}}},
            {
                "name": "Orders",
                "role": "goal",
                "overall": {"comparisons": comparisons or {"urgency": {"lift": lift}}},
            },
        ],
    }
    made = Analysis.objects.create(
        experiment=experiment, inputs_digest=f"{hours}", results=results, verdict="keep_going"
    )
    moment = STARTED_AT + timedelta(hours=hours)
    Analysis.objects.filter(pk=made.pk).update(created_at=moment)
    return moment


def lift(estimate, **ends):
    return {"estimate": estimate, "low": estimate - 0.1, "high": estimate + 0.1, **ends}


def test_each_snapshot_gives_the_goals_lift_oldest_first():
    experiment = running()
    later, first = snapshot(experiment, 2, lift(0.2)), snapshot(experiment, 1, lift(0.1))
    found = lift_over_time(experiment)
    assert [(point.at, point.estimate) for point in found.points] == [(first, 0.1), (later, 0.2)]
    assert (found.metric_name, found.rule, found.points[0].units) == ("Orders", "anytime", 22)


def test_a_snapshot_without_a_lift_has_no_point():
    experiment = running()
    snapshot(experiment, 1, None)
    snapshot(experiment, 2, lift(0.2, high=None))
    [point] = lift_over_time(experiment).points
    assert point.high is None


def test_many_snapshots_are_thinned_and_the_ends_are_kept():
    experiment = running()
    moments = [snapshot(experiment, hour, lift(hour / 100)) for hour in range(1, 21)]
    found = lift_over_time(experiment, most=5)
    assert len(found.moments) == 5
    assert (found.moments[0], found.moments[-1]) == (moments[0], moments[-1])


def test_without_snapshots_there_is_nothing_to_draw():
    assert lift_over_time(running()).points == ()


def test_the_snapshots_stay_in_the_database(django_assert_num_queries):
    experiment = running()
    for hour in range(1, 9):
        snapshot(experiment, hour, lift(0.1))
    with django_assert_num_queries(2):
        lift_over_time(experiment)
