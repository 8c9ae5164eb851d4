"""What a warehouse says, as tables in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments import stats
from experiments.plans import MetricSpec
from experiments.warehouse.comparing import Comparison
from experiments.warehouse.findings import Findings, MetricFinding

DASH = "–"


def print_findings(findings: Findings, console: Console) -> None:
    until = f", until {findings.until:%Y-%m-%d %H:%M %Z}" if findings.until else ""
    console.print(Text(f"{findings.name}{until}", style="bold"))
    for line in _about_units(findings):
        console.print(Text(line))
    for finding in findings.metrics:
        console.print()
        console.print(_table(finding, findings.confidence))
        for note in dict.fromkeys(one.error for one in finding.comparisons if one.error):
            console.print(Text(f"  {note}"))


def _about_units(findings: Findings) -> list[str]:
    sizes = ", ".join(
        f"{_of_arm(arm, findings.control)} {size:,}" for arm, size in findings.units.items()
    )
    lines = [f"Units: {sizes}", f"Split: {_split(findings.balance)}"]
    if findings.undeclared:
        left_out = ", ".join(f"{arm} {size:,}" for arm, size in findings.undeclared.items())
        lines.append(f"Left out, of arms the file does not name: {left_out}")
    if findings.in_several_arms:
        lines.append(f"In several arms, counted for the first: {findings.in_several_arms:,}")
    return lines


def _of_arm(arm: str, control: str) -> str:
    return f"{arm} (the control)" if arm == control and arm != "control" else arm


def _split(balance: stats.Balance | None) -> str:
    if balance is None:
        return "no units yet"
    if balance.is_mismatch:
        return f"NOT as declared (p = {balance.p_value:.2g}): do not trust any figure below"
    return f"as declared (p = {balance.p_value:.2g})"


def _table(finding: MetricFinding, confidence: float) -> Table:
    metric = finding.metric
    table = Table(title=f"{metric.name} ({_kind(metric)})", title_justify="left", min_width=80)
    table.add_column("arm")
    table.add_column("counted")
    for heading in ("control", "this arm", "difference", f"lift ({confidence:.0%} interval)", "p"):
        table.add_column(heading, justify="right")
    for one in finding.comparisons:
        table.add_row(*_cells(metric, one))
    return table


def _kind(metric: MetricSpec) -> str:
    if metric.kind == "quantile":
        return f"quantile {metric.quantile:g}"
    if metric.cap is not None and not metric.is_share:
        return f"{metric.kind}, capped at {metric.cap:.6g}"
    return metric.kind


def _cells(metric: MetricSpec, one: Comparison) -> tuple[str, ...]:
    view = one.view
    if one.variance_kept is not None:
        view = f"{view} (CUPED, {one.variance_kept:.0%} of variance left)"
    return (
        one.arm,
        view,
        _figure(metric, one.control_figure),
        _figure(metric, one.figure),
        _figure(metric, one.difference.estimate if one.difference else None, is_change=True),
        _lift(one.lift),
        f"{one.difference.p_value:.4f}" if one.difference else DASH,
    )


def _figure(metric: MetricSpec, figure: float | None, *, is_change: bool = False) -> str:
    if figure is None:
        return DASH
    sign = "+" if is_change else ""
    return format(figure, f"{sign}.2%" if metric.is_share else f"{sign},.4f")


def _lift(lift: stats.Lift | None) -> str:
    if lift is None:
        return DASH
    return f"{lift.estimate:+.2%} ({lift.low:+.2%} to {lift.high:+.2%})"
