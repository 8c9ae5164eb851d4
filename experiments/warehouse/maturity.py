"""Whose window is over: a unit that may yet do it counts in no rate.

A metric counts the units of whole days (UTC), the last of which began early enough for its last
unit to have had the whole window. For the engine, units are put into cohorts between the moments
at which one metric or another stops counting: there are as many as different windows, and one more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from experiments.plans import MetricSpec

Row = Mapping[str, Any]


def matured_before(metric: MetricSpec, until: datetime) -> datetime | None:
    """Units assigned before this moment count; None: all do.

    >>> matured_before(
    ...     MetricSpec(key="o", name="O", kind="count", event_name="o", window_hours=48),
    ...     datetime(2025, 3, 13, 9, tzinfo=UTC),
    ... ).isoformat()
    '2025-03-11T00:00:00+00:00'
    """
    if metric.window_hours is None:
        return None
    last = until.astimezone(UTC) - timedelta(hours=metric.window_hours)
    return datetime.combine(last.date(), time(), tzinfo=UTC)


def cohort_ends(metrics: Sequence[MetricSpec], until: datetime) -> tuple[datetime, ...]:
    """In order; cohort c lies between end c - 1 and end c, the last one after them all."""
    ends = {matured_before(metric, until) for metric in metrics}
    return tuple(sorted(end for end in ends if end is not None))


def last_cohorts(metrics: Sequence[MetricSpec], until: datetime) -> dict[str, int]:
    """By the metric's key: the last cohort that counts; metrics for which all do are not in it."""
    ends = cohort_ends(metrics, until)
    found = {metric.key: matured_before(metric, until) for metric in metrics}
    return {key: ends.index(end) for key, end in found.items() if end is not None}


def mature_rows(rows: Sequence[Row], end: datetime | None, ends: Sequence[datetime]) -> list[Row]:
    """The rows of units that count for a metric with that end; `cohort` is a column of them."""
    if end is None:
        return list(rows)
    last = ends.index(end)
    return [row for row in rows if int(row["cohort"]) <= last]
