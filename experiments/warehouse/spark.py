"""A Spark session as an engine: Ibis writes the SQL, the session runs it.

Ibis' own backend for Spark would bring pandas, and answers through it; the SQL is the same.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr import datatypes as dt
from ibis.expr import types as ir

LOCAL = {
    "spark.master": "local[*]",
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
}
# Moments are figures of instants: whichever clock the machine is on, a day is UTC's.
ALWAYS = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}

KINDS: dict[str, dt.DataType] = {
    "boolean": dt.boolean,
    "tinyint": dt.int8,
    "smallint": dt.int16,
    "int": dt.int32,
    "bigint": dt.int64,
    "float": dt.float32,
    "double": dt.float64,
    "string": dt.string,
    "date": dt.date,
    "timestamp": dt.Timestamp(timezone="UTC"),
    "timestamp_ntz": dt.Timestamp(),
}


class _Options(ibis.config.Config):  # type: ignore[misc]
    """What Ibis' backend would have set; its compiler reads it."""

    treat_nan_as_null: bool = False


class Spark:
    """Answers what `engines.fetch` asks of an engine."""

    name = "pyspark"

    def __init__(self, session: Any) -> None:
        self.session = session
        for key, value in ALWAYS.items():
            session.conf.set(key, value)
        prepare_compiler()

    @classmethod
    def local(cls, **settings: str) -> Spark:
        """The session there is, or a local one."""
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.appName("copylift")
        for key, value in (LOCAL | settings).items():
            builder = builder.config(key, value)
        return cls(builder.getOrCreate())

    def read_parquet(self, path: str, *, table_name: str) -> None:
        files = self.session.read.option("recursiveFileLookup", "true").parquet(path)
        files.createOrReplaceTempView(table_name)

    def table(self, name: str, database: str | None = None) -> ir.Table:
        """A table or view; columns of types that no metric can be made of are left out."""
        full = f"{database}.{name}" if database else name
        columns = {
            field.name: kind
            for field in self.session.table(full).schema.fields
            if (kind := _kind(field.dataType)) is not None
        }
        return ibis.table(columns, name=name, database=database)

    def compile(self, expression: ir.Table) -> str:
        return str(ibis.to_sql(expression, dialect="pyspark"))

    def raw_sql(self, sql: str) -> Any:
        return self.session.sql(sql)


def prepare_compiler() -> None:
    """Let Spark's SQL be written without Ibis' backend for it."""
    if ibis.options.pyspark is None:
        ibis.options.pyspark = _Options()


def _kind(spark_type: Any) -> dt.DataType | None:
    if spark_type.typeName() == "decimal":
        return dt.Decimal(spark_type.precision, spark_type.scale)
    return KINDS.get(spark_type.simpleString())
