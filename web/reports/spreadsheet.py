"""The report as CSV: exact numbers, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from campaigns.selectors.report_values import (
    ArmResult,
    Beside,
    Interval,
    Margin,
    MetricReport,
    MetricTable,
    Report,
)
from core.csv_cells import safe_cell

HEADER = (
    "metric", "segment", "arm", "is_control", "units", "converters", "total", "mean", "mean_low",
    "mean_high", "difference", "difference_low", "difference_high", "lift", "lift_low",
    "lift_high", "p_value", "p_adjusted", "chance_to_beat_control", "expected_loss",
    "difference_low_adjusted", "difference_high_adjusted", "lift_low_adjusted",
    "lift_high_adjusted", "method", "variance_kept_by_cuped", "lift_without_cuped",
    "lift_without_cuped_low", "lift_without_cuped_high", "p_value_without_cuped",
    "lift_without_cap", "lift_without_cap_low", "lift_without_cap_high", "p_value_without_cap",
    "shrunken", "shrunken_low", "shrunken_high", "margin", "margin_is_kept", "margin_p_value",
    "interaction_p_value", "waiting", "window_hours", "note",
)  # fmt: skip


def spreadsheet(report: Report) -> str:
    """Every table of the report, one row per metric, segment and arm."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for metric in report.metrics:
        for table in (metric.overall, *metric.segments):
            for arm in table.arms:
                writer.writerow([safe_cell(value) for value in _row(metric, table, arm)])
    return out.getvalue()


def _row(metric: MetricReport, table: MetricTable, arm: ArmResult) -> Sequence[object]:
    return [
        metric.name,
        table.segment_name,
        arm.name,
        "yes" if arm.is_control else "no",
        arm.units,
        arm.converters,
        arm.total,
        *_three(arm.mean),
        *_three(arm.difference),
        *_three(arm.lift),
        arm.p_value,
        arm.p_adjusted,
        arm.beats_control,
        arm.expected_loss,
        *_ends(arm.difference_adjusted),
        *_ends(arm.lift_adjusted),
        arm.method,
        table.variance_kept,
        *_beside(arm.plain),
        *_beside(arm.uncapped),
        *_three(arm.shrunken.effect if arm.shrunken else None),
        *_margin(arm.margin),
        arm.interaction_p,
        metric.waiting if table is metric.overall else None,
        metric.window_hours,
        arm.error or "",
    ]


def _three(found: Interval | None) -> Iterator[float | None]:
    yield from (found.estimate, found.low, found.high) if found else (None, None, None)


def _ends(found: Interval | None) -> Iterator[float | None]:
    yield from (found.low, found.high) if found else (None, None)


def _beside(found: Beside | None) -> Iterator[float | None]:
    yield from _three(found.lift if found else None)
    yield found.p_value if found else None


def _margin(found: Margin | None) -> Iterator[object]:
    is_kept = ("yes" if found.is_shown else "not shown") if found else None
    yield from (found.margin, is_kept, found.p_value) if found else (None, None, None)
