"""The same expressions inside our own PostgreSQL, through Django's connection.

Ibis only writes the SQL. Two common table expressions give the product's tables the names and
columns that the definitions ask for.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count

from events.models import Event
from experiments.models import Arm, Experiment, Exposure
from experiments.outcomes import Ranked, Samples
from experiments.plans import MetricSpec
from experiments.stats import Moments
from experiments.warehouse.assembly import Figures, moments_of
from experiments.warehouse.maturity import cohort_ends, last_cohorts
from experiments.warehouse.sampling import samples_from

Row = dict[str, Any]

GROUP = ("arm", "stratum", "cohort")

# `until` and the ends of the cohorts stand here and not in the compiled part, so that one
# compilation serves every moment.
SOURCES = f"""
WITH exposures AS MATERIALIZED (
    SELECT x.unit_id, a.key AS arm, x.stratum, x.assigned_at, x.period,
        width_bucket(x.assigned_at, %(ends)s::timestamptz[]) AS cohort
    FROM {Exposure._meta.db_table} x JOIN {Arm._meta.db_table} a ON a.id = x.arm_id
    WHERE x.experiment_id = %(experiment)s AND x.assigned_at <= %(until)s
),
events AS (
    SELECT unit_id, name, occurred_at, value
    FROM {Event._meta.db_table}
    WHERE kind = 'track' AND occurred_at <= %(until)s AND bot_reasons = '{{}}'
)
"""  # noqa: S608 - the only names put in are those of our own tables


def analyse_in_database(
    experiment: Experiment, metrics: Sequence[MetricSpec], *, until: datetime
) -> dict[tuple[str, str, str], Figures]:
    """Figures by (metric key, stratum, arm), of everyone assigned up to `until`.

    Counts and sums come from one statement, so from one snapshot: exposures stored meanwhile cannot
    come between them. A metric with `cap_quantile` costs a statement more, for the threshold.
    """
    specs = capped_in_database(experiment, metrics, until=until)
    rows = _answer(_moments_sql(specs), experiment, until)
    return moments_of(rows, rows, specs)


def samples_in_database(
    experiment: Experiment, metrics: Sequence[MetricSpec], *, until: datetime
) -> tuple[Samples, tuple[MetricSpec, ...]]:
    """What the roll-up holds, worked out anew from the log; and the metrics with their caps."""
    specs = capped_in_database(experiment, metrics, until=until, is_anyones=True)
    is_by_period = experiment.traffic != Experiment.Traffic.FIXED
    by = (*GROUP, "period") if is_by_period else GROUP
    rows = _answer(_moments_sql(specs, by), experiment, until, ends=cohort_ends(specs, until))
    exposed = Exposure.objects.filter(experiment=experiment, assigned_at__lte=until)
    periods = exposed.values_list("period", "arm__key").annotate(units=Count("pk"))
    samples = samples_from(
        rows,
        rows,
        specs,
        until=until,
        periods={(period, arm): units for period, arm, units in periods},
        is_by_period=is_by_period,
    )
    return replace(samples, ranked=_ranked(experiment, specs, samples, until)), specs


def _ranked(
    experiment: Experiment, metrics: Sequence[MetricSpec], samples: Samples, until: datetime
) -> dict[tuple[str, str | None, str], Ranked]:
    from experiments.warehouse.definitions import unit_outcomes
    from experiments.warehouse.quantiles import everyone, quantile_points, ranked_from, slices_of

    cohorts = last_cohorts(metrics, until)
    slices = slices_of(metrics, samples, cohorts, confidence=experiment.confidence)
    if not slices:
        return {}
    exposures, events = _tables(cohort="int32")
    whole = everyone(exposures, unit_outcomes(exposures, events, metrics, until=None), metrics)
    sql = _compiled(quantile_points(whole, slices, is_exact=True))
    row = _answer(sql, experiment, until, ends=cohort_ends(metrics, until))[0]
    return ranked_from(row, metrics, slices)


def capped_in_database(
    experiment: Experiment,
    metrics: Sequence[MetricSpec],
    *,
    until: datetime,
    is_anyones: bool = False,
) -> tuple[MetricSpec, ...]:
    """The metrics with the caps at a quantile turned into numbers.

    `is_anyones` asks for the value of a unit, as the roll-up does, and not for one between two.
    """
    from experiments.warehouse.definitions import with_caps

    sql = _thresholds_sql(tuple(metrics))
    if sql is None:
        return tuple(metrics)
    if is_anyones:
        sql = sql.replace("PERCENTILE_CONT(", "PERCENTILE_DISC(")
    return with_caps(metrics, _answer(sql, experiment, until)[0])


def ages_in_database(
    experiment: Experiment, metric: MetricSpec, *, until: datetime, days: int
) -> dict[tuple[int, str], Moments]:
    """Moments by (day since exposure, arm), see `ages`."""
    from experiments.warehouse.ages import ages, ages_exposed, moments_by_age

    exposures, events = _tables()
    counts = _compiled(ages_exposed(exposures, until=until, days=days))
    rows = _compiled(ages(exposures, events, metric, until=until, days=days))
    return moments_by_age(
        _answer(rows, experiment, until), _answer(counts, experiment, until), metric, days=days
    )


@functools.lru_cache(maxsize=256)
def unit_outcomes_sql(metrics: tuple[MetricSpec, ...]) -> str:
    """SQL of `unit_outcomes`, for a statement that names its own `exposures` and `events`.

    The exposures are those of the roll-up: their arm is a row's number, and each has the day and
    the period it was assigned in.
    """
    import ibis

    from experiments.warehouse.definitions import unit_outcomes

    exposures, events = _tables(arm="int64", day="date", period="int64")
    return str(ibis.to_sql(unit_outcomes(exposures, events, metrics, until=None), "postgres"))


@functools.lru_cache(maxsize=256)
def _moments_sql(metrics: tuple[MetricSpec, ...], by: tuple[str, ...] = GROUP) -> str:
    from experiments.warehouse.aggregates import unit_moments, with_exposed
    from experiments.warehouse.definitions import unit_counts, unit_outcomes

    exposures, events = _tables(**dict.fromkeys(by[2:], "int32"))
    moments = unit_moments(unit_outcomes(exposures, events, metrics, until=None), metrics, by)
    return _compiled(with_exposed(moments, unit_counts(exposures, by), by))


@functools.lru_cache(maxsize=256)
def _thresholds_sql(metrics: tuple[MetricSpec, ...]) -> str | None:
    from experiments.warehouse.definitions import cap_thresholds, unit_outcomes

    exposures, events = _tables()
    units = unit_outcomes(exposures, events, metrics, until=None)
    thresholds = cap_thresholds(units, metrics)
    return None if thresholds is None else _compiled(thresholds)


def _tables(**columns: str) -> tuple[Any, Any]:
    import ibis

    exposures = {
        "unit_id": "string",
        "arm": "string",
        "stratum": "string",
        "assigned_at": "timestamp('UTC')",
        **columns,
    }
    events = {
        "unit_id": "string",
        "name": "string",
        "occurred_at": "timestamp('UTC')",
        "value": "decimal(18, 4)",
    }
    return ibis.table(exposures, name="exposures"), ibis.table(events, name="events")


def _compiled(expression: Any) -> str:
    import ibis

    sql = str(ibis.to_sql(expression, dialect="postgres"))
    # The driver reads a percent sign as a parameter, and an event's name may have one.
    own = sql.replace("%", "%%")
    return f"{SOURCES} SELECT * FROM ({own}) AS answer"  # noqa: S608 - Ibis quotes what it puts in


def _answer(
    sql: str, experiment: Experiment, until: datetime, *, ends: Sequence[datetime] = ()
) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"experiment": experiment.pk, "until": until, "ends": list(ends)})
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
