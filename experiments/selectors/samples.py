"""Samples of an experiment from its roll-up: exact sums per metric, stratum and arm.

The roll-up must have been refreshed (`experiments.services.roll_up_refresh`); what is not in it yet
is not here either. Units whose window is still open are left out of a metric's outcomes: a day
counts when the last unit assigned on it has had its whole window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from experiments.models import Experiment, Metric, RollUp
from experiments.outcomes import DECIMALS, Columns, Outcome, Samples, columns_of
from experiments.plans import MetricSpec, metric_fields
from experiments.selectors.ranks import Asked, ranked_values

LAST_DAY = date.max

EXPOSED = """
SELECT wanted.last_day, c.stratum, c.arm_id, c.period, sum(c.units)::bigint
FROM unnest(%(last_days)s::date[]) AS wanted (last_day)
JOIN experiments_exposurecell c ON c.experiment_id = %(experiment)s AND c.day <= wanted.last_day
WHERE c.units > 0
GROUP BY 1, 2, 3, 4
"""

# Most metrics have one column, and fourteen sums of zeros would be most of the work.
SUMS = """
SELECT c.metric_id, c.is_capped, c.stratum, c.arm_id, CASE WHEN %(by_period)s THEN c.period END,
    sum(c.doers)::bigint, {sums}
FROM unnest(%(metrics)s::bigint[], %(last_days)s::date[]) AS wanted (metric_id, last_day)
JOIN experiments_outcomecell c ON c.metric_id = wanted.metric_id AND c.day <= wanted.last_day
GROUP BY 1, 2, 3, 4, 5
"""


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
    wanted = _all_wanted(experiment, now=now)
    by_period = _is_by_period(experiment)
    kept = RollUp.objects.filter(experiment=experiment).values_list("sums", flat=True).first()
    sums = _kept(kept, wanted, by_period=by_period)
    if sums is None:
        sums = _read(experiment, wanted, by_period=by_period)
    exposed, rows = sums
    by_id = {each.id: each for each in wanted}
    outcomes, uncapped, periods = _outcomes(rows, by_id, arms, exposed)
    ids = {key: pk for pk, key in arms.items()}
    return Samples(
        ranked={
            (each.spec.key, *place): ranked
            for each in wanted
            if each.spec.quantile is not None
            for place, ranked in ranked_values(
                _asked(each, _units(exposed, arms, each.last_day), experiment.confidence), ids
            ).items()
        },
        units=_units(exposed, arms, LAST_DAY),
        mature={
            each.spec.key: _units(exposed, arms, each.last_day)
            for each in wanted
            if each.last_day != LAST_DAY
        },
        outcomes=outcomes,
        uncapped=uncapped,
        by_period=periods,
        periods=_summed(
            ((period, arms[arm]), units)
            for day, _, arm, period, units in exposed
            if day == LAST_DAY
        ),
    )


def sums_to_keep(
    experiment: Experiment, *, now: datetime, unchanged: dict[str, Any] | None
) -> dict[str, Any]:
    """The sums over days as they stand, for the roll-up to keep: a report then adds up nothing.

    Args:
        experiment: Its roll-up is up to date.
        now: Which days count: with a window, another set after midnight.
        unchanged: What was kept before, where no figure has changed since.
    """
    wanted, by_period = _all_wanted(experiment, now=now), _is_by_period(experiment)
    if unchanged and unchanged["of"] == _days_counted(wanted, by_period=by_period):
        return unchanged
    exposed, rows = _read(experiment, wanted, by_period=by_period)
    return {
        "of": _days_counted(wanted, by_period=by_period),
        "exposed": [[day.isoformat(), *rest] for day, *rest in exposed],
        "rows": rows,
    }


def _kept(
    kept: Mapping[str, Any] | None, wanted: Sequence[_Wanted], *, by_period: bool
) -> tuple[list[Any], list[Any]] | None:
    if not kept or kept["of"] != _days_counted(wanted, by_period=by_period):
        return None
    days = {text: date.fromisoformat(text) for text in {row[0] for row in kept["exposed"]}}
    return [[days[day], *rest] for day, *rest in kept["exposed"]], kept["rows"]


def _days_counted(wanted: Sequence[_Wanted], *, by_period: bool) -> list[Any]:
    return [
        by_period,
        *([each.id, each.last_day.isoformat(), *each.columns.names] for each in wanted),
    ]


def _all_wanted(experiment: Experiment, *, now: datetime) -> list[_Wanted]:
    return [_wanted(metric, now=now) for metric in experiment.metrics.order_by("position", "pk")]


def _is_by_period(experiment: Experiment) -> bool:
    return experiment.traffic != Experiment.Traffic.FIXED


def _asked(each: _Wanted, units: Mapping[tuple[str, str], int], confidence: float) -> Asked:
    return Asked(
        metric_id=each.id,
        share=each.spec.quantile or 0.5,
        confidence=confidence,
        last_day=each.last_day,
        units=units,
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
        last_days = sorted({LAST_DAY, *(each.last_day for each in wanted)})
        cursor.execute(EXPOSED, {"experiment": experiment.pk, "last_days": last_days})
        exposed = cursor.fetchall()
        rows: list[Any] = []
        for columns in {each.columns for each in wanted}:
            alike = [each for each in wanted if each.columns == columns]
            cursor.execute(
                SUMS.format(sums=", ".join(f"sum(c.{name})" for name in _sum_names(columns))),
                {
                    "metrics": [each.id for each in alike],
                    "last_days": [each.last_day for each in alike],
                    "by_period": by_period,
                },
            )
            rows += [_whole(row, len(columns.names)) for row in cursor.fetchall()]
        return exposed, rows


def _whole(row: Sequence[Any], width: int) -> list[Any]:
    """The sums as whole numbers of their last decimal."""
    *place, doers = row[:6]
    sums: Sequence[Decimal] = row[6:]
    return [
        *place,
        doers,
        *(int(total.scaleb(DECIMALS)) for total in sums[:width]),
        *(int(total.scaleb(2 * DECIMALS)) for total in sums[width:]),
    ]


def _sum_names(columns: Columns) -> list[str]:
    names = columns.names
    return [
        *(f"sum_{name}" for name in names),
        *(f"product_{names[one]}_{names[other]}" for one, other in columns.pairs),
    ]


def _units(
    exposed: Iterable[Any], arms: Mapping[int, str], last_day: date
) -> dict[tuple[str, str], int]:
    return _summed(
        ((stratum, arms[arm]), units) for day, stratum, arm, _, units in exposed if day == last_day
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
        present = units[each.last_day].get((stratum, arm, period), 0)
        width = len(each.columns.names)
        outcome = Outcome(
            units=present, doers=doers, sums=tuple(sums[:width]), products=tuple(sums[width:])
        )
        key = (each.spec.key, stratum, arms[arm])
        into = capped if is_capped else raw
        into[key] = into[key] + outcome if key in into else outcome
        if period is not None and is_capped is _is_capped(each.spec):
            at = (each.spec.key, period, arms[arm])
            periods[at] = periods[at] + outcome if at in periods else outcome
    return {**raw, **capped}, {key: raw[key] for key in capped}, periods


def _is_capped(metric: MetricSpec) -> bool:
    return metric.cap is not None or metric.cap_quantile is not None


def _units_by_period(exposed: Iterable[Any], last_day: date) -> Mapping[Any, int]:
    """By (stratum, arm, period), and by (stratum, arm, None) over all periods."""
    return _summed(
        ((stratum, arm, key), units)
        for day, stratum, arm, period, units in exposed
        if day == last_day
        for key in (period, None)
    )
