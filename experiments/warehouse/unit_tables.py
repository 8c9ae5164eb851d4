"""A table of the company's own with one row per unit: straight to the moments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
from ibis.expr import types as ir

from experiments.plans import MetricSpec
from experiments.warehouse.aggregates import centres_from, is_centred, rough_means, unit_moments
from experiments.warehouse.columns import columns_of
from experiments.warehouse.engines import Row, fetch
from experiments.warehouse.unit_columns import UnitColumns


def units_from(
    table: ir.Table,
    metrics: Sequence[MetricSpec],
    columns: Sequence[UnitColumns],
    *,
    arm: str = "arm",
    stratum: str = "",
) -> ir.Table:
    """The table under the names of `unit_outcomes`; without a `stratum` there is no such column."""
    groups = {"arm": table[arm].cast("string")}
    if stratum:
        groups["stratum"] = table[stratum].cast("string").fill_null("")
    wanted = {
        column.name: _number(table[own.named(column.name)], is_share=column.how == "share")
        for index, (metric, own) in enumerate(zip(metrics, columns, strict=True))
        for column in columns_of(index, metric)
    }
    return table.select(**groups, **wanted)


def measured_units(
    engine: Any, units: ir.Table, metrics: Sequence[MetricSpec], by: Sequence[str]
) -> list[Row]:
    """The rows of `unit_moments` at the price of sums: a peek for the centres, then one scan.

    Should a group turn out to lie too far from its centre, the engine's own variances are asked
    for in a second scan.
    """
    centres = centres_from(fetch(engine, rough_means(units, metrics))[0], metrics)
    rows = fetch(engine, unit_moments(units, metrics, by, centres=centres, with_converters=False))
    if is_centred(rows, metrics, centres):
        return rows
    return fetch(engine, unit_moments(units, metrics, by, with_converters=False))


def _number(column: ir.Column, *, is_share: bool) -> ir.NumericColumn:
    if column.type().is_boolean():
        return ibis.ifelse(column, 1, 0)  # a null is not true
    filled = column.fill_null(0)
    return ibis.ifelse(filled != 0, 1, 0) if is_share else filled
