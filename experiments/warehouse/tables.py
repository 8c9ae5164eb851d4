"""The declared tables under the names and types that the definitions ask for."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr import types as ir

from experiments.warehouse.declaration import Declaration, EventsTable, ExposuresTable
from experiments.warehouse.definitions import first_exposures
from experiments.warehouse.errors import WarehouseUnavailable
from experiments.warehouse.sources import table_of
from experiments.warehouse.unit_tables import units_from


def exposures_of(engine: Any, declared: ExposuresTable) -> ir.Table:
    """One row for each unit: its first exposure, and whether it saw several arms."""
    table = table_of(engine, declared.table)
    stratum = _column(table, declared.stratum, declared.table) if declared.stratum else None
    found = table.select(
        unit_id=_column(table, declared.unit_id, declared.table).cast("string"),
        arm=_column(table, declared.arm, declared.table).cast("string"),
        stratum=ibis.literal("") if stratum is None else stratum.cast("string").fill_null(""),
        assigned_at=_moment(table, declared.assigned_at, declared.table),
    )
    return first_exposures(found)


def events_of(engine: Any, declared: EventsTable) -> ir.Table:
    table = table_of(engine, declared.table)
    value = _column(table, declared.value, declared.table) if declared.value else None
    return table.select(
        unit_id=_column(table, declared.unit_id, declared.table).cast("string"),
        name=_column(table, declared.name, declared.table).cast("string"),
        occurred_at=_moment(table, declared.occurred_at, declared.table),
        value=_value(value, declared.table),
    )


def _value(column: ir.Column | None, of: str) -> ir.Column:
    if column is None:
        return ibis.literal(0, type="float64")
    number = _numeric(column, of)
    return number.cast("int8") if number.type().is_boolean() else number


def units_of(engine: Any, declared: Declaration) -> ir.Table:
    """The company's own table of units, everyone exposed included."""
    source = declared.units
    assert source is not None  # noqa: S101 - for mypy; the caller asks only where there is one
    table = table_of(engine, source.table)
    for name in (source.arm, source.stratum or source.arm):
        _column(table, name, source.table)
    for name in _figures(declared):
        _numeric(_column(table, name, source.table), source.table)
    return units_from(
        table, declared.metrics, declared.columns, arm=source.arm, stratum=source.stratum
    )


def _figures(declared: Declaration) -> list[str]:
    names = (
        name
        for own in declared.columns
        for name in (own.value, own.denominator, own.before, own.denominator_before)
    )
    return [name for name in names if name]


def _column(table: ir.Table, name: str, of: str) -> ir.Column:
    if name not in table.columns:
        raise WarehouseUnavailable(
            f"table {of} has no column {name!r}; it has {', '.join(table.columns)}"
        )
    return table[name]


def _numeric(column: ir.Column, of: str) -> ir.Column:
    kind = column.type()
    if not (kind.is_numeric() or kind.is_boolean()):
        raise WarehouseUnavailable(
            f"column {column.get_name()!r} of {of} is a {kind}, and values are numbers"
        )
    return column


def _moment(table: ir.Table, name: str, of: str) -> ir.TimestampValue:
    """A time without a zone is taken as UTC."""
    column = _column(table, name, of)
    kind = column.type()
    if kind.is_timestamp() and kind.timezone:
        return column
    if kind.is_timestamp() or kind.is_date():
        return column.cast("timestamp('UTC')")
    raise WarehouseUnavailable(
        f"column {name!r} of {of} is a {kind}, and must be a timestamp: cast it in a view"
    )
