"""SQL for the warehouses that no test machine has: it is written, and is SQL of that dialect."""

from __future__ import annotations

import functools

import ibis
import pytest
import sqlglot

from experiments.warehouse.ages import ages, ages_exposed
from experiments.warehouse.aggregates import rough_means, unit_moments, with_exposed
from experiments.warehouse.definitions import (
    cap_thresholds,
    first_exposures,
    unit_counts,
    unit_outcomes,
    with_cohort,
)
from experiments.warehouse.quantiles import Slice, everyone, quantile_points
from experiments.warehouse.spark import prepare_compiler
from tests.experiments.warehouse.shop import CAPPED_AT_QUANTILE, METRICS, UNTIL

DIALECTS = ["clickhouse", "bigquery", "snowflake", "postgres", "duckdb", "pyspark"]
TO_PARSE_WITH = {"pyspark": "spark"}
EXPRESSIONS = [
    "outcomes",
    "moments",
    "centred",
    "joined",
    "rough",
    "thresholds",
    "counts",
    "cohorts",
    "firsts",
    "ages",
    "ages_exposed",
    "quantiles",
]


@functools.cache
def expressions(value, *, is_exact):
    exposures = ibis.table(
        {
            "unit_id": "string",
            "arm": "string",
            "stratum": "string",
            "assigned_at": "timestamp('UTC')",
        },
        name="exposures",
    )
    events = ibis.table(
        {
            "unit_id": "string",
            "name": "string",
            "occurred_at": "timestamp('UTC')",
            "value": value,
        },
        name="events",
    )
    units = unit_outcomes(exposures, events, METRICS, until=UNTIL)
    moments, counts = unit_moments(units, METRICS), unit_counts(exposures, until=UNTIL)
    found = {
        "outcomes": units,
        "moments": moments,
        "centred": unit_moments(units, METRICS, centres={"m3_value": 12.5}),
        "joined": with_exposed(moments, counts, ("arm", "stratum")),
        "rough": rough_means(units, METRICS),
        "thresholds": cap_thresholds(
            unit_outcomes(exposures, events, [CAPPED_AT_QUANTILE], until=None),
            [CAPPED_AT_QUANTILE],
            is_exact=is_exact,
        ),
        "counts": counts,
        "cohorts": unit_counts(
            with_cohort(exposures, [UNTIL]), ("arm", "stratum", "cohort"), with_times=True
        ),
        "firsts": first_exposures(exposures),
        "ages": ages(exposures, events, METRICS[4], until=UNTIL, days=3),
        "ages_exposed": ages_exposed(exposures, until=UNTIL, days=3),
        "quantiles": quantile_points(
            everyone(with_cohort(exposures, [UNTIL]), units, METRICS),
            [
                Slice(metric=6, arm="a", stratum=None, units=10, ranks=(2, 5), last_cohort=0),
                Slice(metric=6, arm="b", stratum="loyal", units=9, ranks=(4,)),
            ],
            is_exact=is_exact,
        ),
    }
    assert list(found) == EXPRESSIONS
    return found


@pytest.mark.parametrize("value", ["decimal(18, 4)", "float64"])
@pytest.mark.parametrize("name", EXPRESSIONS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_expression_compiles_to_sql_of_the_dialect(dialect, name, value):
    prepare_compiler()
    asked = expressions(value, is_exact=dialect != "bigquery")[name]
    sql = str(ibis.to_sql(asked, dialect=dialect))
    assert sqlglot.parse_one(sql, dialect=TO_PARSE_WITH.get(dialect, dialect)).find(
        sqlglot.exp.Select
    )
