"""What stands beside a metric's table: badges, margins, segments compared, other ways to count."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.report_words import (
    cuped_words,
    interaction_words,
    margin_words,
    repeated_words,
    waiting_words,
)
from campaigns.selectors.report_values import ArmResult, Interval, MetricReport
from web import figures


@dataclass(frozen=True)
class Badge:
    """A word on a metric's card, and what it means."""

    words: str
    meaning: str


@dataclass(frozen=True)
class MarginLine:
    words: str
    is_shown: bool


@dataclass(frozen=True)
class OtherWay:
    """An arm's lift, counted another way."""

    arm: str
    way: str
    lift: str
    interval: str
    note: str


@dataclass(frozen=True)
class Details:
    badges: tuple[Badge, ...]
    margins: tuple[MarginLine, ...]
    by_segment: tuple[str, ...]
    repeated: str
    past: tuple[str, ...]
    ways: tuple[OtherWay, ...]

    @property
    def has_more(self) -> bool:
        return bool(self.repeated or self.past or self.ways)


def details_of(metric: MetricReport, *, level: float) -> Details:
    rivals = [arm for arm in metric.overall.arms if not arm.is_control]
    said = [interaction_words(arm, level=level) for arm in rivals]
    return Details(
        badges=tuple(_badges(metric)),
        margins=tuple(
            MarginLine(margin_words(metric, arm, arm.margin), arm.margin.is_shown)
            for arm in rivals
            if arm.margin is not None
        ),
        by_segment=tuple(filter(None, said)),
        repeated=repeated_words(metric),
        past=tuple(filter(None, (_past(arm) for arm in rivals))),
        ways=tuple(way for arm in rivals for way in _ways(metric, arm)),
    )


def _badges(metric: MetricReport) -> list[Badge]:
    before = f"What people did in the {metric.covariate_days} days before is taken out"
    badges = [
        Badge(cuped_words(metric), before),
        Badge("capped" if metric.is_capped else "", "A person counts up to a cap; see below"),
        Badge(
            "weights moved" if metric.is_reweighed else "",
            "The traffic went where it worked; the estimates take that into account",
        ),
        Badge(waiting_words(metric), "They may yet do it, so they count in no rate"),
    ]
    return [badge for badge in badges if badge.words]


def _past(arm: ArmResult) -> str:
    if arm.informed is None:
        return ""
    lift = arm.informed.lift
    return (
        f"{arm.name}: {figures.signed_percent(lift.estimate)} "
        f"{figures.interval(lift.low, lift.high)}, "
        f"better than control with a chance of {figures.chance(arm.informed.beats_control)}."
    )


def _ways(metric: MetricReport, arm: ArmResult) -> list[OtherWay]:
    ways = []
    if arm.plain is not None:
        ways.append(_way(arm, "without CUPED", arm.plain.lift, arm.plain.p_value))
    if arm.uncapped is not None:
        ways.append(_way(arm, "without the cap", arm.uncapped.lift, arm.uncapped.p_value))
    if arm.lift is not None and arm.shown_lift != arm.lift:
        ways.append(_way(arm, "as if it were the only comparison", arm.lift, arm.p_value))
    if arm.credible is not None:
        ways.append(_way(arm, "as a belief, with a flat prior (Bayes)", arm.credible, None))
    if arm.stratified is not None:
        ways.append(_stratified(metric, arm, arm.stratified))
    return ways


def _way(arm: ArmResult, way: str, lift: Interval | None, p_value: float | None) -> OtherWay:
    return OtherWay(
        arm=arm.name,
        way=way,
        lift=figures.signed_percent(lift.estimate if lift else None),
        interval=figures.interval(lift.low, lift.high) if lift else "",
        note=figures.p_value(p_value),
    )


def _stratified(metric: MetricReport, arm: ArmResult, found: Interval) -> OtherWay:
    """A difference, not a lift: the segments weigh alike in both arms."""
    number = figures.signed_points if metric.is_share else figures.signed_amount
    return OtherWay(
        arm=arm.name,
        way="segments weighed alike in both arms (a difference)",
        lift=number(found.estimate),
        interval=f"{number(found.low)} to {number(found.high)}",
        note=figures.NOTHING,
    )
