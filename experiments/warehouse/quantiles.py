"""A quantile over all units as a sample, so that two of them compare as means do.

The standard error is Woodruff's (1952, JASA 47): the distance between the quantiles at
q - z sqrt(q (1 - q) / n) and q + z sqrt(q (1 - q) / n), over 2 z.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ibis.expr import types as ir

from experiments.plans import MetricSpec
from experiments.stats import Mean

Z = 1.959963984540054


def everyone(exposures: ir.Table, units: ir.Table, metrics: Sequence[MetricSpec]) -> ir.Table:
    """All units with the values of the quantile metrics: 0 for those that did nothing."""
    names = [f"m{index}_value" for index in _places(metrics)]
    done = units.select("unit_id", *names).rename(done_by="unit_id")
    beside = exposures.left_join(done, exposures.unit_id == done.done_by)
    return beside.select("arm", **{name: beside[name].fill_null(0) for name in names})


def quantile_points(
    units: ir.Table, metrics: Sequence[MetricSpec], sizes: Mapping[str, int], *, is_exact: bool
) -> ir.Table | None:
    """One row with three quantiles for each quantile metric and arm; None when there is none.

    Args:
        units: One row for each unit, those that did nothing included.
        metrics: As given to `unit_outcomes`.
        sizes: Units in each arm.
        is_exact: Whether the engine has an exact quantile.
    """
    points = {}
    for index in _places(metrics):
        value = units[f"m{index}_value"].cast("float64")
        ask = value.quantile if is_exact else value.approx_quantile
        for place, (arm, size) in enumerate(sizes.items()):
            for name, share in _shares(metrics[index], size).items():
                points[f"m{index}_{place}_{name}"] = ask(share, where=units.arm == arm)
    return units.aggregate(**points) if points else None


def samples_from(
    row: Mapping[str, Any], metrics: Sequence[MetricSpec], sizes: Mapping[str, int]
) -> dict[tuple[str, str], Mean]:
    """The quantile of each (metric key, arm) as a sample, from a row of `quantile_points`."""
    return {
        (metrics[index].key, arm): _sample(row, f"m{index}_{place}", size)
        for index in _places(metrics)
        for place, (arm, size) in enumerate(sizes.items())
        if row[f"m{index}_{place}_at"] is not None
    }


def _places(metrics: Sequence[MetricSpec]) -> list[int]:
    return [index for index, metric in enumerate(metrics) if metric.kind == "quantile"]


def _shares(metric: MetricSpec, size: int) -> dict[str, float]:
    middle = metric.quantile or 0.5
    step = Z * math.sqrt(middle * (1 - middle) / max(size, 1))
    return {"low": max(middle - step, 0.0), "at": middle, "high": min(middle + step, 1.0)}


def _sample(row: Mapping[str, Any], prefix: str, size: int) -> Mean:
    error = (row[f"{prefix}_high"] - row[f"{prefix}_low"]) / (2 * Z)
    return Mean(
        units=size,
        mean=float(row[f"{prefix}_at"]),
        centred_squares=error * error * size * max(size - 1, 0),
    )
