"""Exposures x events -> one row per unit: the one definition, an Ibis expression.

    exposures(unit_id string, arm string, stratum string, assigned_at timestamp, anything else)
    events(unit_id string, name string, occurred_at timestamp, value decimal or float, may be null)

Everyone exposed counts, but a unit without an event that counts has no row here: those are
counted (`unit_counts`) and put in as zeros when the figures are assembled. So the work grows with
events, not with people.

Days are 24 hours: a calendar's day has 23 or 25 of them twice a year, and engines disagree on
which clock they mean.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import ibis
from ibis import _
from ibis.expr import types as ir

from experiments.plans import MetricSpec
from experiments.warehouse.columns import (
    Column,
    capped_name,
    columns_of,
    is_above,
    is_capped,
    may_be_capped,
)

Window = tuple[str, int, int | None]


def first_exposures(exposures: ir.Table) -> ir.Table:
    """Of a log with several rows for a unit, its first; `arms_seen` says how many arms it saw."""
    order = ibis.window(group_by="unit_id", order_by=["assigned_at", "arm"])
    everything = ibis.window(group_by="unit_id")
    ranked = exposures.mutate(
        place=ibis.row_number().over(order),
        first_arm=_.arm.min().over(everything),
        last_arm=_.arm.max().over(everything),
    )
    return (
        ranked.filter(_.place == 0)
        .mutate(is_in_several_arms=_.first_arm != _.last_arm)
        .drop("place", "first_arm", "last_arm")
    )


def unit_counts(
    exposures: ir.Table,
    by: Sequence[str] = ("arm", "stratum"),
    *,
    until: datetime | None = None,
    with_times: bool = False,
) -> ir.Table:
    """How many units there are in each group: columns `by` and `exposed`.

    `with_times` adds `first_at`, the first assignment in seconds since 1970.
    """
    times = {"first_at": _.assigned_at.min().epoch_seconds()} if with_times else {}
    groups = assigned_until(exposures, until).group_by(list(by))
    return groups.aggregate(exposed=_.count(), **times)


def with_cohort(exposures: ir.Table, ends: Sequence[datetime]) -> ir.Table:
    """Add `cohort`: how many of the moments, which are in order, the assignment is not before."""
    branches = [(exposures.assigned_at < end, cohort) for cohort, end in enumerate(ends)]
    cohort = ibis.cases(*branches, else_=len(ends)) if branches else ibis.literal(0)
    return exposures.mutate(cohort=cohort)


def unit_outcomes(
    exposures: ir.Table,
    events: ir.Table,
    metrics: Sequence[MetricSpec],
    *,
    until: datetime | None,
) -> ir.Table:
    """One row for each unit with an event that counts, all metrics side by side, in one pass.

    An event counts from `window_starts_hours` after the assignment (that moment included) to
    before `window_hours` after it, and not after `until`; for a covariate from `covariate_days`
    before the assignment to before it. A value that is null adds nothing.

    Args:
        exposures: One row for each unit.
        events: The log.
        metrics: What is counted; a column's number is the metric's place here.
        until: The moment the figures are of; None: everything there is.

    Returns:
        All columns of `exposures`, and for metric i `m{i}_value`, `m{i}_denominator` (of a ratio),
        `m{i}_before` and `m{i}_denominator_before` (with `covariate_days`). Amounts keep the exact
        type of the source.
    """
    columns = [column for i, metric in enumerate(metrics) for column in columns_of(i, metric)]
    observed = observations(exposures, events, columns, until=until)
    return outcomes(observed, columns, by=exposures.columns)


def observations(
    exposures: ir.Table,
    events: ir.Table,
    columns: Sequence[Column],
    *,
    until: datetime | None,
) -> ir.Table:
    """Each exposure beside each event of its unit that counts for one of the columns or more.

    A column `in_window_{n}` for each different window says whether the event is in it.
    """
    flags = _flags(columns)
    seen = _seen(assigned_until(exposures, until), _wanted(events, list(flags), until), list(flags))
    marked = seen.mutate(**{flag: _is_inside(seen, window) for window, flag in flags.items()})
    return marked.filter(functools.reduce(operator.or_, (marked[flag] for flag in flags.values())))


def outcomes(observed: ir.Table, columns: Sequence[Column], *, by: Sequence[str]) -> ir.Table:
    """The columns of each group of observations."""
    flags = _flags(columns)
    values = {column.name: _outcome(observed, column, flags[column.window]) for column in columns}
    return observed.group_by(list(by)).aggregate(**values)


def capped(units: ir.Table, metrics: Sequence[MetricSpec]) -> ir.Table:
    """Add `m{i}_capped` (and `m{i}_capped_before`) beside the raw value of metrics with a cap."""
    added = {
        capped_name(column.name): _at_most(units[column.name], metric.cap)
        for index, metric in enumerate(metrics)
        if metric.cap is not None and is_capped(metric)
        for column in columns_of(index, metric)
        if is_above(column.name)
    }
    return units.mutate(**added) if added else units


def cap_thresholds(
    units: ir.Table, metrics: Sequence[MetricSpec], *, is_exact: bool = True
) -> ir.Table | None:
    """One row with `m{i}_cap` for each metric capped at a quantile of the values that are not zero.

    None when no metric asks for it. `with_caps` takes the row. BigQuery has no exact quantile
    among its aggregates: there `is_exact` must be false.
    """
    quantiles = {
        f"m{index}_cap": _quantile_of_nonzero(
            units[f"m{index}_value"], metric.cap_quantile, is_exact=is_exact
        )
        for index, metric in enumerate(metrics)
        if metric.cap_quantile is not None and may_be_capped(metric)
    }
    return units.aggregate(**quantiles) if quantiles else None


def with_caps(metrics: Sequence[MetricSpec], row: Mapping[str, Any]) -> tuple[MetricSpec, ...]:
    """The metrics with their quantile caps as numbers; where both are declared, the lower holds."""
    return tuple(
        metric if row.get(f"m{index}_cap") is None else _with_cap(metric, row[f"m{index}_cap"])
        for index, metric in enumerate(metrics)
    )


def assigned_until(exposures: ir.Table, until: datetime | None) -> ir.Table:
    return exposures if until is None else exposures.filter(exposures.assigned_at <= until)


def hours_later(moment: ir.TimestampValue, hours: int) -> ir.TimestampValue:
    """In hours and not in days, see above."""
    if not hours:
        return moment
    step = ibis.interval(hours=abs(hours))
    return moment + step if hours > 0 else moment - step


def _flags(columns: Sequence[Column]) -> dict[Window, str]:
    windows = dict.fromkeys(column.window for column in columns)
    return {window: f"in_window_{place}" for place, window in enumerate(windows)}


def _wanted(events: ir.Table, windows: Sequence[Window], until: datetime | None) -> ir.Table:
    """Only the rows that can count, under names that do not collide with those of exposures."""
    names = list(dict.fromkeys(window[0] for window in windows))
    wanted = events.filter(events.name.isin(names))
    if until is not None:
        wanted = wanted.filter(wanted.occurred_at <= until)
    return wanted.select(
        event_unit_id=wanted.unit_id,
        event_name=wanted.name,
        occurred_at=wanted.occurred_at,
        event_value=wanted.value,
    )


def _seen(exposures: ir.Table, events: ir.Table, windows: Sequence[Window]) -> ir.Table:
    """Each unit beside its events, from the first moment that any metric asks for to the last."""
    predicates = [
        exposures.unit_id == events.event_unit_id,
        events.occurred_at
        >= hours_later(exposures.assigned_at, min(window[1] for window in windows)),
    ]
    ends = [window[2] for window in windows if window[2] is not None]
    if len(ends) == len(windows):
        predicates.append(events.occurred_at < hours_later(exposures.assigned_at, max(ends)))
    return exposures.join(events, predicates)


def _is_inside(seen: ir.Table, window: Window) -> ir.BooleanValue:
    name, starts, ends = window
    inside = (seen.event_name == name) & (seen.occurred_at >= hours_later(seen.assigned_at, starts))
    return (
        inside
        if ends is None
        else inside & (seen.occurred_at < hours_later(seen.assigned_at, ends))
    )


def _outcome(marked: ir.Table, column: Column, flag: str) -> ir.NumericScalar:
    if column.how == "sum":
        return marked.event_value.sum(where=marked[flag]).fill_null(0)
    one = ibis.ifelse(marked[flag], 1, 0)
    return one.max() if column.how == "share" else one.sum()


def _at_most(column: ir.NumericColumn, cap: Decimal) -> ir.NumericColumn:
    """The cap in the column's own type where that holds it, so that exact stays exact."""
    kind = column.type()
    if kind.is_decimal() and kind.scale is not None:
        step = Decimal(1).scaleb(-kind.scale)
        bound = ibis.literal(cap.quantize(step, rounding=ROUND_HALF_EVEN), type=kind)
        return ibis.least(column, bound)
    if kind.is_integer() and cap == int(cap):
        return ibis.least(column, ibis.literal(int(cap), type=kind))
    return ibis.least(column.cast("float64"), ibis.literal(float(cap), type="float64"))


def _quantile_of_nonzero(
    column: ir.NumericColumn, quantile: float, *, is_exact: bool
) -> ir.FloatingScalar:
    values = column.cast("float64")
    ask = values.quantile if is_exact else values.approx_quantile
    return ask(quantile, where=column != 0)


def _with_cap(metric: MetricSpec, threshold: float) -> MetricSpec:
    cap = Decimal(repr(float(threshold)))
    return replace(metric, cap=cap if metric.cap is None else min(cap, metric.cap))
