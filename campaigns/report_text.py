"""A report for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from campaigns.selectors.report import (
    ArmCopy,
    ArmResult,
    Balance,
    Interval,
    MetricReport,
    MetricTable,
    Report,
    ReportHeader,
)
from generation.channels import IN_HTML

NOTHING = "–"
LINE_NAMES = {"call_to_action": "Button"}
NOT_COMPARED = "not compared"
SMALLEST_SHOWN = 0.0001


def print_report(report: Report, console: Console, *, is_full: bool = False) -> None:
    """The goal by segment, the rest for everyone; `is_full` adds their segments and whole texts."""
    _print_header(report.header, console)
    if not report.metrics:
        console.print("No results yet: launch the campaign and send events.")
    for metric in report.metrics:
        by_segment = metric.segments if is_full or metric is report.goal else ()
        console.print(_metric_table(metric, (metric.overall, *by_segment)))
    if report.balance:
        console.print(_balance_line(report.balance))
    if report.verdict:
        console.print(Text(f"Verdict: {report.verdict.sentence}", style="bold"))
        for reason in report.verdict.reasons:
            console.print(Text(f"  · {reason}"))
    for winner in report.winning_copies:
        console.print(_copy_lines(winner, is_full=is_full))


def _print_header(header: ReportHeader, console: Console) -> None:
    console.print(Text(f"{header.name} ({header.key})", style="bold"))
    parts = [header.status_name, f"{header.units:,} people"]
    if header.launched_at is not None:
        parts.append(f"day {header.days} since {header.launched_at:%Y-%m-%d}")
    parts.append(f"goal: {header.goal_event}")
    console.print(Text(" · ".join(parts)))


def _metric_table(metric: MetricReport, parts: Sequence[MetricTable]) -> Table:
    is_share = metric.kind == "conversion"
    table = Table(title=escape(metric.name), title_justify="left", title_style="bold")
    table.add_column("Segment")
    table.add_column("Arm")
    headings = [
        "People",
        "Converted" if is_share else "Total",
        "Rate" if is_share else "Per person",
    ]
    for heading in [*headings, "Lift", "p (adjusted)", "Beats control"]:
        table.add_column(heading, justify="right")
    for part in parts:
        _add_rows(table, part, is_share=is_share)
    errors = dict.fromkeys(arm.error for part in parts for arm in part.arms if arm.error)
    if errors:
        table.caption = Text(f"{NOT_COMPARED}: {'; '.join(errors)}")
        table.caption_justify = "left"
    return table


def _add_rows(table: Table, part: MetricTable, *, is_share: bool) -> None:
    for position, arm in enumerate(part.arms):
        table.add_row(
            escape(part.segment_name) if position == 0 else "",
            escape(arm.name),
            f"{arm.units:,}",
            _sum(arm, is_share=is_share),
            _mean(arm.mean, is_share=is_share),
            _lift(arm),
            _p_value(arm.p_adjusted),
            NOTHING if arm.beats_control is None else f"{arm.beats_control:.1%}",
            end_section=position == len(part.arms) - 1,
        )


def _p_value(p_value: float | None) -> str:
    if p_value is None:
        return NOTHING
    return f"{p_value:.4f}" if p_value >= SMALLEST_SHOWN else f"< {SMALLEST_SHOWN}"


def _sum(arm: ArmResult, *, is_share: bool) -> str:
    if is_share:
        return NOTHING if arm.converters is None else f"{arm.converters:,}"
    return NOTHING if arm.total is None else f"{arm.total:,.2f}"


def _mean(mean: Interval | None, *, is_share: bool) -> str:
    if mean is None:
        return NOTHING
    return f"{mean.estimate:.2%}" if is_share else f"{mean.estimate:,.4f}"


def _lift(arm: ArmResult) -> str:
    if arm.is_control:
        return "control"
    if arm.error:
        return NOT_COMPARED
    if arm.lift is None:
        return NOTHING
    if arm.lift.low is None or arm.lift.high is None:
        return f"{arm.lift.estimate:+.1%}"
    return f"{arm.lift.estimate:+.1%} ({arm.lift.low:+.1%} to {arm.lift.high:+.1%})"


def _balance_line(balance: Balance) -> Text:
    counted = ", ".join(
        f"{arm} {count:,} of {balance.expected[arm]:,.0f} expected"
        for arm, count in balance.observed.items()
    )
    style = "bold red" if balance.is_mismatch else ""
    chance = "" if balance.p_value is None else f", p = {balance.p_value:.3f}"
    return Text(f"Split of the traffic: {balance.note} ({counted}{chance})", style=style)


def _copy_lines(winner: ArmCopy, *, is_full: bool) -> Text:
    texts = [
        (LINE_NAMES.get(field, field.capitalize()), text)
        for field, text in winner.text.texts()
        if is_full or (winner.text.channel, field) not in IN_HTML
    ]
    lines = "\n".join(f"  {f'{name}:':<10} {text}" for name, text in texts)
    return Text(f"\n{winner.arm_name} for {winner.segment_name}\n{lines}")
