"""Lift over time: the drawing, and its words for those who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.selectors import LiftOverTime, LiftPoint
from web import figures
from web.charts.drawing import draw
from web.charts.trend import TrendPoint, trend_chart
from web.reports.standing import RULES


@dataclass(frozen=True)
class Trend:
    metric_name: str
    svg: str
    words: str
    rule: str
    counts: int


def trend_of(found: LiftOverTime) -> Trend | None:
    """None before there are two moments to draw a line between."""
    if len(found.moments) < 2:
        return None
    points = [
        TrendPoint(point.arm_name, point.at, point.estimate, point.low, point.high)
        for point in found.points
    ]
    return Trend(
        metric_name=found.metric_name,
        svg=draw(trend_chart(points)),
        words=_words(found),
        rule=RULES.get(found.rule, found.rule),
        counts=len(found.moments),
    )


def _words(found: LiftOverTime) -> str:
    first, last = found.moments[0], found.moments[-1]
    by_arm = {point.arm: point.arm_name for point in found.points}
    parts = [
        f"{name} from {_at(found, arm, first)} to {_at(found, arm, last)}"
        for arm, name in by_arm.items()
    ]
    return (
        f"Lift over control in {found.metric_name} from {first:%-d %B} to {last:%-d %B %Y}: "
        f"{'; '.join(parts)}."
    )


def _at(found: LiftOverTime, arm: str, moment: object) -> str:
    point: LiftPoint | None = next(
        (point for point in found.points if point.arm == arm and point.at == moment), None
    )
    if point is None:
        return "nothing yet"
    return f"{figures.signed_percent(point.estimate)} {figures.interval(point.low, point.high)}"
