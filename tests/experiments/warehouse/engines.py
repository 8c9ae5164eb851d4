"""The shop's tables inside each engine."""

from __future__ import annotations

import ibis
import pyarrow as pa

EXPOSURES = pa.schema(
    [
        ("unit_id", pa.string()),
        ("arm", pa.string()),
        ("stratum", pa.string()),
        ("assigned_at", pa.timestamp("us", tz="UTC")),
    ]
)
EVENTS = pa.schema(
    [
        ("unit_id", pa.string()),
        ("name", pa.string()),
        ("occurred_at", pa.timestamp("us", tz="UTC")),
        ("value", pa.decimal128(18, 4)),
    ]
)


def arrow_tables(exposed, log):
    return pa.Table.from_pylist(exposed.to_dict("records"), schema=EXPOSURES), pa.Table.from_pylist(
        log.to_dict("records"), schema=EVENTS
    )


def duckdb_with(exposures, events):
    """DuckDB in memory; the tables are Arrow's."""
    engine = ibis.duckdb.connect()
    for name, table in (("exposures", exposures), ("events", events)):
        engine.con.register("incoming", table)
        engine.raw_sql(f"CREATE TABLE {name} AS SELECT * FROM incoming")
        engine.con.unregister("incoming")
    return engine
