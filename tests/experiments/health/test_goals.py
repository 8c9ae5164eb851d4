from __future__ import annotations

import pytest

from experiments.health import GoalLift, goal_lifts
from experiments.health.suspicious_change import check_suspicious_change
from experiments.results import results_for
from tests.experiments.health.contexts import context
from tests.experiments.results import test_document as documents


def comparison(lift=0.6, p_adjusted=0.01):
    return {
        "lift": None if lift is None else {"estimate": lift},
        "difference": {"p_adjusted": p_adjusted},
    }


def results(*, role="goal", confidence=0.95, **arms):
    table = {"comparisons": arms}
    return {
        "confidence": confidence,
        "metrics": [{"name": "Orders", "role": role, "overall": table}],
    }


def test_a_goals_lift_is_significant_by_the_reports_own_level():
    assert goal_lifts(results(urgency=comparison(p_adjusted=0.049))) == (
        GoalLift(metric="Orders", arm="urgency", lift=0.6, is_significant=True),
    )
    [unsure] = goal_lifts(results(confidence=0.99, urgency=comparison(p_adjusted=0.049)))
    assert not unsure.is_significant


@pytest.mark.parametrize(
    "document",
    [
        results(role="secondary", urgency=comparison()),
        results(urgency=comparison(lift=None)),
        results(urgency=comparison(p_adjusted=None)),
    ],
)
def test_what_is_no_goal_or_has_no_lift_is_left_out(document):
    assert goal_lifts(document) == ()


def test_the_document_of_the_results_is_read_as_it_is_written():
    hits = {"control": 40, "urgency": 60, "curiosity": 21}
    document = results_for(documents.setup_of(documents.ORDERS), documents.samples_of(hits))
    # 10 % against 30 % and 10.5 %.
    assert [(found.arm, found.is_significant) for found in goal_lifts(document)] == [
        ("urgency", True),
        ("curiosity", False),
    ]
    found = check_suspicious_change(context(arms=documents.ARMS, goals=goal_lifts(document)))
    assert "Urgency +200 % on Orders" in found.sentence
