"""Ask an engine: an expression in, plain rows out."""

from __future__ import annotations

from typing import Any

from ibis.expr import types as ir

Row = dict[str, Any]


def takes_sql(engine: Any) -> bool:
    """Whether `fetch_sql` works.

    DuckDB and Spark answer SQL in Python's own types: quicker than by way of Arrow and pandas, and
    decimals stay exact.
    """
    return engine.name in ("duckdb", "pyspark")


def fetch(engine: Any, expression: ir.Table) -> list[Row]:
    """All rows of an expression.

    Args:
        engine: An Ibis backend.
        expression: Of tables of that backend; its result must be small.
    """
    if takes_sql(engine):
        return fetch_sql(engine, engine.compile(expression))
    answer: list[Row] = engine.to_pyarrow(expression).to_pylist()
    return answer


def fetch_sql(engine: Any, sql: str) -> list[Row]:
    if engine.name == "pyspark":
        return [row.asDict() for row in engine.raw_sql(sql).collect()]
    cursor = engine.raw_sql(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
