"""Ask an engine: an expression in, plain rows out."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr import types as ir

Row = dict[str, Any]


def fetch(engine: Any, expression: ir.Table) -> list[Row]:
    """All rows of an expression.

    Args:
        engine: An Ibis backend.
        expression: Of tables of that backend; its result must be small.
    """
    # DuckDB and Spark answer in Python's own types: quicker than by way of Arrow and pandas, and
    # decimals stay exact.
    if engine.name == "duckdb":
        cursor = engine.raw_sql(compiled(engine, expression))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    if engine.name == "pyspark":
        return [row.asDict() for row in engine.raw_sql(compiled(engine, expression)).collect()]
    answer: list[Row] = engine.to_pyarrow(expression).to_pylist()
    return answer


def compiled(engine: Any, expression: ir.Table) -> str:
    return str(ibis.to_sql(expression, dialect=engine.name))
