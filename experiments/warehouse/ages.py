"""Outcomes by days since exposure: does an effect fade once the new is not new any more?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import ibis
from ibis.expr import types as ir

from experiments.plans import MetricSpec
from experiments.stats import Moments
from experiments.warehouse.aggregates import unit_moments
from experiments.warehouse.assembly import figures_of
from experiments.warehouse.columns import HOURS_A_DAY, columns_of
from experiments.warehouse.definitions import hours_later, observations, outcomes

Row = Mapping[str, Any]

_UNIT_AND_DAY = ("unit_id", "arm", "day")


def ages_exposed(exposures: ir.Table, *, until: datetime, days: int) -> ir.Table:
    """Units by how many whole days they had been exposed for at `until`.

    Returns:
        Columns `arm`, `days_old` (1 to `days`; the last stands for all above it), `exposed`.
        Units younger than a day are left out.
    """
    return (
        _with_days_old(exposures, until, days)
        .group_by(["arm", "days_old"])
        .aggregate(exposed=ibis._.count())
    )


def ages(
    exposures: ir.Table, events: ir.Table, metric: MetricSpec, *, until: datetime, days: int
) -> ir.Table:
    """Moments of what units did on each day since their exposure, over the units that did.

    Day d is from 24 d hours after the exposure to before 24 (d + 1); a unit is in it once that
    day is over at `until`. The metric's own window, cap and covariate play no part.

    Returns:
        Columns `arm`, `day` (0 to `days` - 1) and those of `unit_moments`. With the rows of
        `ages_exposed`, `moments_by_age` makes the figures of everyone.
    """
    columns = columns_of(0, _over(metric, days))
    old = _with_days_old(exposures, until, days)
    observed = observations(old, events, columns, until=until)
    dated = observed.mutate(day=_day(observed, days))
    units = outcomes(dated.filter(dated.day < dated.days_old), columns, by=_UNIT_AND_DAY)
    return unit_moments(units, [plain(metric)], by=("arm", "day"))


def moments_by_age(
    rows: Iterable[Row], counts: Iterable[Row], metric: MetricSpec, *, days: int
) -> dict[tuple[int, str], Moments]:
    """Moments by (day, arm), everyone who did nothing on the day counted as zero."""
    exposed = {(row["arm"], int(row["days_old"])): int(row["exposed"]) for row in counts}
    found = {(int(row["day"]), row["arm"]): row for row in rows if row["units"]}
    return {
        (day, arm): figures_of(
            [found[day, arm]] if (day, arm) in found else [],
            sum(units for (key, old), units in exposed.items() if key == arm and old > day),
            [plain(metric)],
            0,
        ).moments
        for day in range(days)
        for arm in dict.fromkeys(arm for arm, _ in exposed)
    }


def plain(metric: MetricSpec) -> MetricSpec:
    """The metric without cap and covariate."""
    return replace(metric, cap=None, cap_quantile=None, covariate_days=None)


def _over(metric: MetricSpec, days: int) -> MetricSpec:
    return replace(plain(metric), window_starts_hours=0, window_hours=days * HOURS_A_DAY)


def _with_days_old(exposures: ir.Table, until: datetime, days: int) -> ir.Table:
    branches = [
        (exposures.assigned_at <= until - timedelta(hours=day * HOURS_A_DAY), day)
        for day in range(days, 0, -1)
    ]
    old = exposures.mutate(days_old=ibis.cases(*branches, else_=0))
    return old.filter(old.days_old > 0)


def _day(observed: ir.Table, days: int) -> ir.IntegerColumn:
    """In cases and not by division: an engine's difference of two moments may drop the fraction."""
    branches = [
        (observed.occurred_at < hours_later(observed.assigned_at, (day + 1) * HOURS_A_DAY), day)
        for day in range(days - 1)
    ]
    return ibis.cases(*branches, else_=days - 1) if branches else ibis.literal(0)
