"""Samples of an experiment from its roll-up: exact sums per metric, stratum and arm.

The roll-up must have been refreshed (`experiments.services.roll_up_refresh`); what is not in it yet
is not here either. Units whose window is still open are left out of a metric's outcomes: a day
counts when the last unit assigned on it has had its whole window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from experiments.models import Experiment, Metric
from experiments.outcomes import DECIMALS, Columns, Outcome, Samples, columns_of
from experiments.plans import MetricSpec, metric_fields

LAST_DAY = date.max

EXPOSED = """
SELECT stratum, arm_id, day, period, units FROM experiments_exposurecell
WHERE experiment_id = %(experiment)s AND units > 0
"""

# One statement reads every metric; a metric that is not split by period is summed over them.
SUMS = """
SELECT c.metric_id, c.is_capped, c.stratum, c.arm_id, CASE WHEN %(by_period)s THEN c.period END,
    sum(c.doers)::bigint,
    sum(sum_value), sum(sum_denominator), sum(sum_before), sum(sum_denominator_before),
    sum(product_value_value), sum(product_value_denominator), sum(product_value_before),
    sum(product_value_denominator_before), sum(product_denominator_denominator),
    sum(product_denominator_before), sum(product_denominator_denominator_before),
    sum(product_before_before), sum(product_before_denominator_before),
    sum(product_denominator_before_denominator_before)
FROM unnest(%(metrics)s::bigint[], %(last_days)s::date[]) AS wanted (metric_id, last_day)
JOIN experiments_outcomecell c ON c.metric_id = wanted.metric_id AND c.day <= wanted.last_day
GROUP BY 1, 2, 3, 4, 5
"""

FIGURES = ("value", "denominator", "before", "denominator_before")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A metric, its columns, and the last day of assignment that counts."""

    id: int
    spec: MetricSpec
    columns: Columns
    last_day: date


def samples_by_arm(experiment: Experiment, *, now: datetime) -> Samples:
    """What the roll-up holds, as samples of all metrics."""
    arms = dict(experiment.arms.values_list("pk", "key"))
    wanted = [_wanted(metric, now=now) for metric in experiment.metrics.order_by("position", "pk")]
    by_period = experiment.traffic != Experiment.Traffic.FIXED
    exposed, rows = _read(experiment, wanted, by_period=by_period)
    units = _units(exposed, arms, LAST_DAY)
    mature = {
        each.spec.key: _units(exposed, arms, each.last_day)
        for each in wanted
        if each.last_day != LAST_DAY
    }
    by_id = {each.id: each for each in wanted}
    outcomes, uncapped, periods = _outcomes(rows, by_id, arms, exposed)
    return Samples(
        units=units,
        mature=mature,
        outcomes=outcomes,
        uncapped=uncapped,
        by_period=periods,
        periods=_summed(((period, arms[arm]), n) for _, arm, _, period, n in exposed),
    )


def _wanted(metric: Metric, *, now: datetime) -> _Wanted:
    spec = MetricSpec(**metric_fields(metric))
    return _Wanted(
        id=metric.pk, spec=spec, columns=columns_of(spec), last_day=_last_mature_day(spec, now)
    )


def _last_mature_day(metric: MetricSpec, now: datetime) -> date:
    """The last day all of whose units have had their whole window; every day without a window."""
    if metric.window_hours is None:
        return LAST_DAY
    return (now - timedelta(hours=metric.window_hours)).date() - timedelta(days=1)


def _read(
    experiment: Experiment, wanted: Sequence[_Wanted], *, by_period: bool
) -> tuple[list[Any], list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(EXPOSED, {"experiment": experiment.pk})
        exposed = cursor.fetchall()
        cursor.execute(
            SUMS,
            {
                "metrics": [each.id for each in wanted],
                "last_days": [each.last_day for each in wanted],
                "by_period": by_period,
            },
        )
        return exposed, cursor.fetchall()


def _units(
    exposed: Iterable[Any], arms: Mapping[int, str], last_day: date
) -> dict[tuple[str, str], int]:
    return _summed(
        ((stratum, arms[arm]), units) for stratum, arm, day, _, units in exposed if day <= last_day
    )


def _summed(pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    totals: dict[Any, int] = defaultdict(int)
    for key, units in pairs:
        totals[key] += units
    return dict(totals)


def _outcomes(
    rows: Iterable[Any],
    wanted: Mapping[int, _Wanted],
    arms: Mapping[int, str],
    exposed: Sequence[Any],
) -> tuple[
    dict[tuple[str, str, str], Outcome],
    dict[tuple[str, str, str], Outcome],
    dict[tuple[str, int, str], Outcome],
]:
    raw: dict[tuple[str, str, str], Outcome] = {}
    capped: dict[tuple[str, str, str], Outcome] = {}
    periods: dict[tuple[str, int, str], Outcome] = {}
    units = {
        day: _units_by_period(exposed, day) for day in {each.last_day for each in wanted.values()}
    }
    for metric_id, is_capped, stratum, arm, period, doers, *sums in rows:
        each = wanted[metric_id]
        exact = _outcome(each.columns, doers, sums)
        outcome = replace(exact, units=units[each.last_day].get((stratum, arm, period), 0))
        key = (each.spec.key, stratum, arms[arm])
        into = capped if is_capped else raw
        into[key] = into[key] + outcome if key in into else outcome
        if period is not None and not is_capped:
            at = (each.spec.key, period, arms[arm])
            periods[at] = periods[at] + outcome if at in periods else outcome
    return {**raw, **capped}, {key: raw[key] for key in capped}, periods


def _units_by_period(exposed: Iterable[Any], last_day: date) -> Mapping[Any, int]:
    """By (stratum, arm, period), and by (stratum, arm, None) over all periods."""
    return _summed(
        ((stratum, arm, key), units)
        for stratum, arm, day, period, units in exposed
        if day <= last_day
        for key in (period, None)
    )


def _outcome(columns: Columns, doers: int, sums: Sequence[Decimal]) -> Outcome:
    kept = [FIGURES.index(name) for name in columns.names]
    totals, products = sums[: len(FIGURES)], sums[len(FIGURES) :]
    return Outcome(
        doers=doers,
        sums=tuple(int(totals[at].scaleb(DECIMALS)) for at in kept),
        products=tuple(
            int(products[_PRODUCTS[kept[one], kept[other]]].scaleb(2 * DECIMALS))
            for one, other in columns.pairs
        ),
    )


_PRODUCTS = {
    pair: place
    for place, pair in enumerate(
        (one, other) for one in range(len(FIGURES)) for other in range(one, len(FIGURES))
    )
}
