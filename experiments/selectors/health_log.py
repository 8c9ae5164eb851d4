"""What the health checks read from the log itself: every statement goes over the units' events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection

from events.bots import is_bot_name
from events.models import Event
from experiments import stats
from experiments.health import Activity, Doers, Slice
from experiments.models import Experiment, Exposure
from experiments.plans import MetricSpec

MOST_DAYS = 14

# The events of the experiment's units that some metric counts, found by (unit_id, name, time).
_COUNTED = f"""
    FROM {Exposure._meta.db_table} x
    JOIN {Event._meta.db_table} e ON e.unit_id = x.unit_id
        AND e.name = ANY(%(names)s::text[]) AND e.kind = 'track'
        AND e.occurred_at >= x.assigned_at AND e.occurred_at <= %(now)s
    WHERE x.experiment_id = %(experiment)s AND x.assigned_at <= %(now)s
"""

AGENTS_AND_DAYS = f"""
SELECT agent, day, max(occurred_at)
FROM (
    SELECT e.context ->> 'userAgent' AS agent, (e.occurred_at AT TIME ZONE 'UTC')::date AS day,
        e.occurred_at
    {_COUNTED}
) AS counted
GROUP BY GROUPING SETS ((agent), (day))
"""  # noqa: S608 - the only names put in are those of our own tables

DOERS = f"""
SELECT x.arm_id, count(DISTINCT x.unit_id),
    count(DISTINCT x.unit_id) FILTER (
        WHERE e.bot_reasons <> '{{}}' OR e.context ->> 'userAgent' = ANY(%(bots)s::text[])
    )
    {_COUNTED}
GROUP BY x.arm_id
"""

# A unit's day is 24 hours from its assignment. Units that have not had a whole day of that age are
# counted in none of it, and neither are their events of it.
BY_AGE = f"""
WITH exposed AS MATERIALIZED (
    SELECT unit_id, arm_id, period, assigned_at,
        least(floor(extract(epoch FROM %(now)s - assigned_at) / 86400), %(most)s)::int AS whole_days
    FROM {Exposure._meta.db_table}
    WHERE experiment_id = %(experiment)s AND assigned_at <= %(now)s
),
per_unit AS (
    SELECT x.arm_id, x.period, x.unit_id,
        floor(extract(epoch FROM e.occurred_at - x.assigned_at) / 86400)::int AS age,
        CASE %(kind)s WHEN 'share' THEN 1 WHEN 'count' THEN count(*)
            ELSE coalesce(sum(e.value), 0) END AS value
    FROM exposed x
    JOIN {Event._meta.db_table} e ON e.unit_id = x.unit_id
        AND e.name = %(name)s AND e.kind = 'track' AND e.bot_reasons = '{{}}'
        AND e.occurred_at >= x.assigned_at
        AND e.occurred_at < x.assigned_at + x.whole_days * interval '1 day'
    GROUP BY x.arm_id, x.period, x.unit_id, age
)
SELECT true, arm_id, period, whole_days, count(*), NULL, NULL
FROM exposed GROUP BY arm_id, period, whole_days
UNION ALL
SELECT false, arm_id, period, age, count(*), sum(value), sum(value * value)
FROM per_unit GROUP BY arm_id, period, age
"""  # noqa: S608 - as above

_Place = tuple[str, int, int]


def counted_events(
    experiment: Experiment, names: Sequence[str], *, now: datetime
) -> tuple[Activity, frozenset[str]]:
    """When units did something that is counted, and the names of robots among the programs."""
    rows = _rows(AGENTS_AND_DAYS, {"experiment": experiment.pk, "now": now, "names": list(names)})
    days = sorted(row[1] for row in rows if row[1] is not None)
    bots = frozenset(row[0] for row in rows if row[0] and is_bot_name(row[0]))
    return Activity(days=tuple(days), last_at=max((row[2] for row in rows), default=None)), bots


def doers_by_arm(
    experiment: Experiment, names: Sequence[str], bots: frozenset[str], *, now: datetime
) -> dict[str, Doers]:
    """Units with such an event by arm, and those with one that is flagged as a program's, or by a
    program called as in `bots`.
    """
    arms = dict(experiment.arms.values_list("pk", "key"))
    wanted = {"experiment": experiment.pk, "now": now, "names": list(names), "bots": sorted(bots)}
    return {
        arms[arm]: Doers(units=units, bot_like=bot_like)
        for arm, units, bot_like in _rows(DOERS, wanted)
    }


def effect_by_age(
    experiment: Experiment, goal: MetricSpec, *, now: datetime
) -> dict[Slice, stats.Mean]:
    """What units did on the goal on each whole day since their exposure, by arm and period.

    A share counts a unit once on each day it did it; of a quantile the sums are compared, and of a
    ratio nothing. Days that the goal's window cuts are left out.
    """
    last = MOST_DAYS if goal.window_hours is None else min(goal.window_hours // 24, MOST_DAYS)
    first = -(-goal.window_starts_hours // 24)
    if goal.kind == "ratio" or first >= last:
        return {}
    wanted = {
        "experiment": experiment.pk,
        "now": now,
        "name": goal.event_name,
        "kind": "share" if goal.is_share else goal.kind,
        "most": last,
    }
    arms = dict(experiment.arms.values_list("pk", "key"))
    units: dict[_Place, int] = {}
    sums: dict[_Place, tuple[Decimal, Decimal]] = {}
    for is_units, arm, period, age, number, total, squares in _rows(BY_AGE, wanted):
        if is_units:
            units[arms[arm], period, age] = number
        else:
            sums[arms[arm], period, age] = (total, squares)
    return dict(_samples(units, sums, range(first, last)))


def _samples(
    units: Mapping[_Place, int], sums: Mapping[_Place, tuple[Decimal, Decimal]], ages: range
) -> Iterator[tuple[Slice, stats.Mean]]:
    for arm, period in {(arm, period) for arm, period, _ in units}:
        for age in ages:
            # Whoever has had more whole days than this age has had this one.
            had = sum(units.get((arm, period, days), 0) for days in range(age + 1, MOST_DAYS + 1))
            total, squares = sums.get((arm, period, age), (Decimal(0), Decimal(0)))
            if had:
                yield Slice(of=age, arm=arm, period=period), exact_mean(had, total, squares)


def exact_mean(units: int, total: Decimal, squares: Decimal) -> stats.Mean:
    """Moments from exact sums; the one rounding is the last step's."""
    amount = Fraction(total)
    centred = Fraction(squares) - amount * amount / units
    return stats.Mean(
        units=units, mean=float(amount / units), centred_squares=max(float(centred), 0.0)
    )


def _rows(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
