"""From exposures and events to exact sums per metric, stratum and arm, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from django.db import connection

from events.models import Event
from experiments.models import Experiment, Exposure
from experiments.outcomes import Outcome, Samples
from experiments.plans import MetricSpec
from experiments.selectors.plans import metric_specs

# One statement is one snapshot: exposures stored meanwhile cannot come between counts and sums.
# Amounts are summed as numeric, which is exact, so that no order of rows changes a digit.
SUMS = f"""
WITH exposed AS MATERIALIZED (
    SELECT unit_id, arm_id, stratum, assigned_at
    FROM {Exposure._meta.db_table}
    WHERE experiment_id = %(experiment)s AND assigned_at <= %(now)s
),
wanted AS (
    SELECT * FROM unnest(%(slots)s::int[], %(names)s::text[], %(windows)s::int[])
        AS wanted(slot, event_name, window_hours)
),
per_unit AS (
    SELECT x.arm_id, x.stratum, w.slot, x.unit_id,
        count(*) AS times, coalesce(sum(e.value), 0) AS total
    FROM exposed x
    JOIN {Event._meta.db_table} e ON e.unit_id = x.unit_id
        AND e.occurred_at >= x.assigned_at AND e.occurred_at <= %(now)s
        AND e.kind = 'track' AND e.name = ANY(%(names)s::text[])
    JOIN wanted w ON w.event_name = e.name AND (
        w.window_hours IS NULL
        OR e.occurred_at < x.assigned_at + w.window_hours * interval '1 hour'
    )
    GROUP BY x.arm_id, x.stratum, w.slot, x.unit_id
)
SELECT NULL AS slot, arm_id, stratum, count(*), NULL, NULL, NULL, NULL
FROM exposed GROUP BY arm_id, stratum
UNION ALL
SELECT slot, arm_id, stratum, count(*), sum(times), sum(times * times), sum(total),
    sum(total * total)
FROM per_unit GROUP BY slot, arm_id, stratum
"""  # noqa: S608 - the only names put in are those of our own tables


def samples_by_arm(
    experiment: Experiment,
    *,
    now: datetime,
    metrics: Sequence[MetricSpec] | None = None,
) -> Samples:
    """Sums over units up to `now`; events before the assignment or past the window are out."""
    wanted = metric_specs(experiment) if metrics is None else metrics
    slots = _slots(wanted)
    arms = dict(experiment.arms.values_list("pk", "key"))
    with connection.cursor() as cursor:
        cursor.execute(
            SUMS,
            {
                "experiment": experiment.pk,
                "now": now,
                "slots": list(slots.values()),
                "names": [name for name, _ in slots],
                "windows": [hours for _, hours in slots],
            },
        )
        rows = cursor.fetchall()
    units = {(row[2], arms[row[1]]): row[3] for row in rows if row[0] is None}
    sums = {(row[0], row[2], arms[row[1]]): row[3:] for row in rows if row[0] is not None}
    return Samples(
        units=units,
        outcomes={
            (metric.key, stratum, arm): _outcome(units[stratum, arm], values)
            for metric in wanted
            for (slot, stratum, arm), values in sums.items()
            if slot == slots[metric.event_name, metric.window_hours]
        },
    )


def _slots(metrics: Sequence[MetricSpec]) -> Mapping[tuple[str, int | None], int]:
    """Metrics of the same event and window share the reading of it."""
    groups = dict.fromkeys((metric.event_name, metric.window_hours) for metric in metrics)
    return {group: slot for slot, group in enumerate(groups)}


def _outcome(units: int, values: Sequence[int]) -> Outcome:
    converters, times, times_squares, total, total_squares = values
    return Outcome(
        units=units,
        converters=converters,
        times=int(times),
        times_squares=int(times_squares),
        total=Fraction(total),
        total_squares=Fraction(total_squares),
    )
