from __future__ import annotations

import pytest

from experiments.health import GoalLift
from experiments.health.suspicious_change import check_suspicious_change
from tests.experiments.health.contexts import context


def goal(lift, *, is_significant=True):
    return context(
        goals=(GoalLift(metric="Orders", arm="urgency", lift=lift, is_significant=is_significant),)
    )


@pytest.mark.parametrize(("lift", "text"), [(0.8, "+80 %"), (-0.625, "-62.5 %")])
def test_a_real_change_of_more_than_half_is_a_warning_either_way(lift, text):
    found = check_suspicious_change(goal(lift))
    assert (found.severity, found.stage) == ("warning", "log")
    assert f"Urgency {text} on Orders" in found.sentence
    assert found.evidence["lift.Orders.urgency"] == lift


def test_a_change_of_half_is_believed():
    assert check_suspicious_change(goal(0.5)) is None


def test_a_large_change_that_may_be_chance_is_none():
    assert check_suspicious_change(goal(3.0, is_significant=False)) is None
