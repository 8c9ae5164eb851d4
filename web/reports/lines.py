"""From the report's numbers to what stands in a table."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.selectors.report_values import ArmResult, MetricReport, MetricTable
from web import figures
from web.charts.lift import LiftRow
from web.charts.rates import RateRow


@dataclass(frozen=True)
class Line:
    """One arm in a table, in words. `tone` is better, worse, unclear or control."""

    key: str
    name: str
    is_control: bool
    tone: str
    units: str
    converters: str
    rate: str
    rate_interval: str
    lift: str
    lift_interval: str
    difference: str
    p_value: str
    beats_control: str
    expected_loss: str
    error: str
    shrunken: str = ""
    shrunken_interval: str = ""


@dataclass(frozen=True)
class Table:
    title: str
    lines: tuple[Line, ...]

    @property
    def has_shrunken(self) -> bool:
        return any(line.shrunken for line in self.lines)


def table_of(metric: MetricReport, table: MetricTable, *, level: float) -> Table:
    """`level` is the chance of a false alarm that is accepted: 1 - confidence."""
    is_segment = table is not metric.overall
    lines = tuple(_line(metric, arm, level=level, is_segment=is_segment) for arm in table.arms)
    return Table(title=table.segment_name, lines=lines)


def tone_of(metric: MetricReport, arm: ArmResult, *, level: float) -> str:
    """Better or worse only where the interval leaves out zero and the adjusted p-value agrees."""
    found = arm.shown_difference
    if arm.is_control:
        return "control"
    if found is None or found.low is None or found.high is None:
        return "unclear"
    if found.low <= 0 <= found.high or (arm.p_adjusted is not None and arm.p_adjusted > level):
        return "unclear"
    return "better" if (found.low > 0) is not metric.is_lower_better else "worse"


def lift_rows(metric: MetricReport, table: MetricTable, *, level: float) -> list[LiftRow]:
    """The bars of the forest plot; arms without a lift have none."""
    return [
        LiftRow(
            arm=arm.name,
            estimate=arm.shown_lift.estimate,
            low=arm.shown_lift.low,
            high=arm.shown_lift.high,
            tone=tone_of(metric, arm, level=level),
            label=figures.signed_percent(arm.shown_lift.estimate),
        )
        for arm in table.arms
        if arm.shown_lift is not None
    ]


def rate_rows(metric: MetricReport) -> list[RateRow]:
    """The bars of rate by segment; empty where there is one segment only."""
    return [
        RateRow(table.segment_name, arm.name, arm.mean.estimate, arm.mean.low, arm.mean.high)
        for table in metric.segments
        for arm in table.arms
        if arm.mean is not None
    ]


def _line(metric: MetricReport, arm: ArmResult, *, level: float, is_segment: bool) -> Line:
    mean, share = arm.mean, metric.is_share
    number = figures.percent if share else figures.amount
    return Line(
        key=arm.key,
        name=arm.name,
        is_control=arm.is_control,
        tone=tone_of(metric, arm, level=level),
        units=figures.count(arm.units),
        converters=figures.count(arm.converters) if share else figures.amount(arm.total),
        rate=number(mean.estimate if mean else None),
        rate_interval=_mean_interval(arm, share=share),
        **_lift(arm, share=share),
        difference=_difference(arm, share=share),
        p_value=figures.p_value(arm.p_value if arm.p_adjusted is None else arm.p_adjusted),
        beats_control=figures.chance(arm.beats_control),
        expected_loss=_loss(arm, share=share),
        error=arm.error if arm.error and arm.difference is None else "",
        **(_shrunken(arm, share=share) if is_segment else {}),
    )


def _lift(arm: ArmResult, *, share: bool) -> dict[str, str]:
    """Where nothing can be divided by, the difference stands in its place, and says so."""
    lift = arm.shown_lift
    if lift is not None:
        alone = " alone" if arm.is_shown_alone else ""
        return {
            "lift": figures.signed_percent(lift.estimate),
            "lift_interval": figures.interval(lift.low, lift.high) + alone,
        }
    is_known = arm.difference is not None
    return {
        "lift": _difference(arm, share=share),
        "lift_interval": "difference; no lift to be had" if is_known else "",
    }


def _shrunken(arm: ArmResult, *, share: bool) -> dict[str, str]:
    """Of a segment: its difference as it stands among the other segments'."""
    found = arm.shrunken
    if found is None or arm.is_control:
        return {}
    number = figures.signed_points if share else figures.signed_amount
    return {
        "shrunken": number(found.effect.estimate),
        "shrunken_interval": f"{number(found.effect.low)} to {number(found.effect.high)}",
    }


def _mean_interval(arm: ArmResult, *, share: bool) -> str:
    if arm.mean is None or arm.mean.low is None or arm.mean.high is None:
        return ""
    number = figures.percent if share else figures.amount
    return f"{number(arm.mean.low)} to {number(arm.mean.high)}"


def _difference(arm: ArmResult, *, share: bool) -> str:
    if arm.difference is None:
        return figures.NOTHING
    number = figures.signed_points if share else figures.signed_amount
    return number(arm.difference.estimate)


def _loss(arm: ArmResult, *, share: bool) -> str:
    if arm.expected_loss is None:
        return figures.NOTHING
    if share:
        return figures.points(arm.expected_loss)
    return figures.amount(arm.expected_loss)
