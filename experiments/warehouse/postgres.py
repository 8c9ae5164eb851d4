from __future__ import annotations

import ibis

from experiments.plans import MetricSpec
from experiments.warehouse.definitions import unit_outcomes


def unit_outcomes_sql(specs: tuple[MetricSpec, ...]) -> str:
    exposures = ibis.table(
        {
            "unit_id": "string",
            "arm": "int64",
            "stratum": "string",
            "assigned_at": "timestamp('UTC')",
            "day": "date",
            "period": "int64",
        },
        name="exposures",
    )
    events = ibis.table(
        {
            "unit_id": "string",
            "name": "string",
            "occurred_at": "timestamp('UTC')",
            "value": "decimal(18, 4)",
        },
        name="events",
    )
    return str(ibis.to_sql(unit_outcomes(exposures, events, specs, until=None), dialect="postgres"))
