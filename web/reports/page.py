"""The results page: the report's numbers as what its template shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from campaigns.selectors import Report
from campaigns.selectors.report_values import Interval, MetricReport
from web import figures
from web.charts.drawing import draw
from web.charts.lift import LiftRow, lift_chart
from web.charts.rates import rate_chart
from web.reports.details import details_of
from web.reports.lines import lift_rows, rate_rows, table_of
from web.reports.standing import soundness_of, standing_of

CORRECTIONS = {
    "holm": "Holm's method",
    "hochberg": "Hochberg's method",
    "dunnett": "Dunnett's test",
    "benjamini-hochberg": "Benjamini and Hochberg's method (false discovery rate)",
    "benjamini-yekutieli": "Benjamini and Yekutieli's method (false discovery rate)",
}
BANNERS = {
    "ship": ("good", "trophy", "We have a winner"),
    "keep_control": ("neutral", "shield", "Keep the control copy"),
    "keep_going": ("info", "hourglass_top", "Too early to tell"),
    "stop_for_harm": ("bad", "front_hand", "Stop: it does harm"),
    "invalid": ("bad", "error", "Do not trust these numbers"),
}


def page_of(report: Report) -> dict[str, Any]:
    """All but the trend, which comes from other rows."""
    level = _level(report)
    return {
        **_banner(report),
        **_goal(report),
        "standing": standing_of(report),
        "soundness": soundness_of(report),
        "metrics": [_metric(metric, level=level) for metric in report.metrics],
        "confidence": f"{report.header.confidence:.0%}" if report.header.confidence else "",
        "correction": CORRECTIONS.get(report.correction or "", ""),
    }


def _banner(report: Report) -> dict[str, Any]:
    if report.verdict is None:
        return {"banner": None}
    tone, icon, headline = BANNERS[report.verdict.kind]
    return {"banner": {"tone": tone, "icon": icon, "headline": headline}}


def _goal(report: Report) -> dict[str, Any]:
    """The charts and key figures of the metric the verdict rests on."""
    goal = report.goal
    if goal is None:
        return {"goal": None}
    bars = lift_rows(goal, goal.overall, level=_level(report))
    return {
        "goal": goal,
        "key_figures": _key_figures(report, goal),
        "lift_svg": draw(lift_chart(bars)) if bars else "",
        "lift_words": _in_words(goal, bars),
    }


def _level(report: Report) -> float:
    return 1 - (report.header.confidence or 0.95)


def _rates(goal: MetricReport) -> str:
    bars = rate_rows(goal)
    if not bars:
        return ""
    arms = [arm.name for arm in goal.overall.arms]
    form = "%" if goal.is_share else ",.2f"
    title = f"{goal.name} rate" if goal.is_share else f"{goal.name} per person"
    return draw(rate_chart(bars, arms=arms, title=title, form=form))


def _key_figures(report: Report, goal: MetricReport) -> list[tuple[str, str, str]]:
    control = next((arm for arm in goal.overall.arms if arm.is_control), None)
    number = figures.percent if goal.is_share else figures.amount
    rate = control.mean.estimate if control and control.mean else None
    days = report.header.days
    return [
        ("People in the test", figures.count(report.header.units), "assigned to an arm"),
        (f"Control, {goal.name.lower()}", number(rate), "what you would get without the test"),
        _best(goal),
        ("Running for", "—" if days is None else f"{days} {'day' if days == 1 else 'days'}", ""),
    ]


def _best(goal: MetricReport) -> tuple[str, str, str]:
    def gain(lift: Interval) -> float:
        return -lift.estimate if goal.is_lower_better else lift.estimate

    rivals = [(arm.name, arm.lift) for arm in goal.overall.arms if arm.lift is not None]
    if not rivals:
        return "Best lift so far", figures.NOTHING, "no comparison yet"
    name, lift = max(rivals, key=lambda rival: gain(rival[1]))
    return "Best lift so far", figures.signed_percent(lift.estimate), name


def _in_words(goal: MetricReport, bars: Sequence[LiftRow]) -> str:
    """The forest plot for those who cannot see it."""
    parts = [f"{bar.arm} {bar.label} {figures.interval(bar.low, bar.high)}" for bar in bars]
    return f"Lift over control in {goal.name}: {'; '.join(parts)}."


def _metric(metric: MetricReport, *, level: float) -> dict[str, Any]:
    return {
        "metric": metric,
        "is_share": metric.is_share,
        "details": details_of(metric, level=level),
        "rate_svg": _rates(metric) if metric.role == "goal" else "",
        "overall": table_of(metric, metric.overall, level=level),
        "segments": [table_of(metric, table, level=level) for table in metric.segments],
    }
