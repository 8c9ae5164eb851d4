from __future__ import annotations

from datetime import UTC, datetime, timedelta

from experiments.selectors import LiftOverTime, LiftPoint
from web.reports.trend import trend_of

START = datetime(2025, 3, 3, tzinfo=UTC)


def found(*days):
    points = tuple(
        LiftPoint(
            at=START + timedelta(days=day), units=100 * day, arm="urgency", arm_name="Urgency",
            estimate=0.1 * day, low=0.0, high=None,
        )
        for day in days
    )  # fmt: skip
    return LiftOverTime(metric_name="Orders", rule="anytime", points=points)


def test_a_line_needs_two_moments():
    assert trend_of(found()) is None
    assert trend_of(found(1)) is None


def test_the_picture_has_words_for_those_who_cannot_see_it():
    trend = trend_of(found(1, 2, 3))
    assert trend.words == (
        "Lift over control in Orders from 4 March to 6 March 2025: "
        "Urgency from +10.0% [0.0%, no limit] to +30.0% [0.0%, no limit]."
    )
    assert "<svg" in trend.svg


def test_the_rule_of_looking_is_named():
    assert trend_of(found(1, 2)).rule.startswith("any time")
