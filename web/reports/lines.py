"""From the report's numbers to what stands in a table."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.selectors.report import ArmResult, MetricReport, MetricTable
from web import figures
from web.charts.lift import LiftRow
from web.charts.rates import RateRow

CONVERSION = "conversion"


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


@dataclass(frozen=True)
class Table:
    title: str
    lines: tuple[Line, ...]


def table_of(metric: MetricReport, table: MetricTable, *, level: float) -> Table:
    """`level` is the chance of a false alarm that is accepted: 1 - confidence."""
    lines = tuple(_line(metric, arm, level=level) for arm in table.arms)
    return Table(title=table.segment_name, lines=lines)


def tone_of(metric: MetricReport, arm: ArmResult, *, level: float) -> str:
    """Better or worse only where the interval leaves out zero and the adjusted p-value agrees."""
    found = arm.difference
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
            estimate=arm.lift.estimate,
            low=arm.lift.low,
            high=arm.lift.high,
            tone=tone_of(metric, arm, level=level),
            label=figures.signed_percent(arm.lift.estimate),
        )
        for arm in table.arms
        if arm.lift is not None
    ]


def rate_rows(metric: MetricReport) -> list[RateRow]:
    """The bars of rate by segment; empty where there is one segment only."""
    return [
        RateRow(table.segment_name, arm.name, arm.mean.estimate, arm.mean.low, arm.mean.high)
        for table in metric.segments
        for arm in table.arms
        if arm.mean is not None
    ]


def _line(metric: MetricReport, arm: ArmResult, *, level: float) -> Line:
    lift, mean, share = arm.lift, arm.mean, metric.kind == CONVERSION
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
        lift=figures.signed_percent(lift.estimate if lift else None),
        lift_interval=figures.interval(lift.low, lift.high) if lift else "",
        difference=_difference(arm, share=share),
        p_value=figures.p_value(arm.p_value if arm.p_adjusted is None else arm.p_adjusted),
        beats_control=figures.chance(arm.beats_control),
        expected_loss=_loss(arm, share=share),
        error=arm.error or "",
    )


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
