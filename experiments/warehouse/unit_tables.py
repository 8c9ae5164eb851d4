"""A table of the company's own with one row per unit: straight to the moments.

What costs is what is done for each row, so nothing is done there that can be done after the sums:
the arm is grouped by as it stands and made a text afterwards, and a null, which no sum counts,
becomes a zero only where something is subtracted from it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import ibis
from ibis.expr import operations as ops
from ibis.expr import types as ir

from experiments.plans import MetricSpec
from experiments.warehouse.aggregates import centres_from, is_centred, rough_means, unit_moments
from experiments.warehouse.columns import columns_of
from experiments.warehouse.engines import Row, fetch, fetch_sql, takes_sql
from experiments.warehouse.unit_columns import UnitColumns

Metrics = tuple[MetricSpec, ...]
Centres = tuple[tuple[str, float], ...]
Question = Callable[[ir.Table, Metrics, tuple[str, ...], Centres], ir.Table]

# Declarations whose SQL is remembered; each has three questions at most.
REMEMBERED = 128


def units_from(
    table: ir.Table,
    metrics: Sequence[MetricSpec],
    columns: Sequence[UnitColumns],
    *,
    arm: str = "arm",
    stratum: str = "",
) -> ir.Table:
    """The table under the names of `unit_outcomes`; without a `stratum` there is no such column.

    Arms and strata are still of the table's own type, and a value may be null where a zero is
    meant: `without_nulls`.
    """
    groups = {"arm": table[arm]}
    if stratum:
        groups["stratum"] = table[stratum]
    wanted = {
        column.name: _number(table[own.named(column.name)], is_share=column.how == "share")
        for index, (metric, own) in enumerate(zip(metrics, columns, strict=True))
        for column in columns_of(index, metric)
    }
    return table.select(**groups, **wanted)


def without_nulls(units: ir.Table, names: Iterable[str] | None = None) -> ir.Table:
    """Zeros for the nulls of some columns; None: of all but those to group by."""
    chosen = set(units.columns) - {"arm", "stratum"} if names is None else set(names)
    filled = {name: units[name].fill_null(0) for name in units.columns if name in chosen}
    return units.mutate(**filled) if filled else units


def with_texts(found: ir.Table) -> ir.Table:
    """Arms and strata as texts."""
    texts = {"arm": found["arm"].cast("string")}
    if "stratum" in found.columns:
        texts["stratum"] = found["stratum"].cast("string").fill_null("")
    return found.mutate(**texts)


def measured_units(
    engine: Any, units: ir.Table, metrics: Sequence[MetricSpec], by: Sequence[str]
) -> list[Row]:
    """The rows of `unit_moments` at the price of sums: a peek for the centres, then one scan.

    Should a group turn out to lie too far from its centre, the engine's own variances are asked
    for in a second scan.
    """
    ask = functools.partial(_ask, engine, units, tuple(metrics), tuple(by))
    centres = centres_from(ask(_peek, ())[0], metrics)
    rows = ask(_sums, tuple(centres.items()))
    return rows if is_centred(rows, metrics, centres) else ask(_variances, ())


def _ask(
    engine: Any,
    units: ir.Table,
    metrics: Metrics,
    by: tuple[str, ...],
    question: Question,
    centres: Centres,
) -> list[Row]:
    if not takes_sql(engine):
        return fetch(engine, question(units, metrics, by, centres))
    # Unbound, so that what is remembered holds no connection open.
    return fetch_sql(engine, _sql(engine.name, question, units.unbind().op(), metrics, by, centres))


@functools.lru_cache(maxsize=REMEMBERED)
def _sql(
    dialect: str,
    question: Question,
    units: ops.Relation,
    metrics: Metrics,
    by: tuple[str, ...],
    centres: Centres,
) -> str:
    """To write it takes as long as to read a million rows, so each question is written once."""
    return str(ibis.to_sql(question(units.to_expr(), metrics, by, centres), dialect=dialect))


def _peek(units: ir.Table, metrics: Metrics, _by: tuple[str, ...], _centres: Centres) -> ir.Table:
    return rough_means(without_nulls(units), metrics)


def _sums(units: ir.Table, metrics: Metrics, by: tuple[str, ...], centres: Centres) -> ir.Table:
    filled = without_nulls(units, _names_with_a_null_that_counts(metrics, centres))
    return with_texts(
        unit_moments(filled, metrics, by, centres=dict(centres), with_converters=False)
    )


def _variances(
    units: ir.Table, metrics: Metrics, by: tuple[str, ...], _centres: Centres
) -> ir.Table:
    return with_texts(unit_moments(without_nulls(units), metrics, by, with_converters=False))


def _names_with_a_null_that_counts(metrics: Metrics, centres: Centres) -> set[str]:
    """Less a centre it is not nothing; and of a null and a cap, engines take the cap."""
    bounded = {
        column.name
        for index, metric in enumerate(metrics)
        if metric.cap is not None
        for column in columns_of(index, metric)
    }
    return bounded | {name for name, _ in centres}


def _number(column: ir.Column, *, is_share: bool) -> ir.NumericColumn:
    if column.type().is_boolean():
        return column.cast("int32")
    return (column != 0).cast("int32") if is_share else column
