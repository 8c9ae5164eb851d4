"""A quantile over all units as a sample, so that two of them compare as means do.

The standard error is Woodruff's (1952, JASA 47): the distance between the quantiles at
q - z sqrt(q (1 - q) / n) and q + z sqrt(q (1 - q) / n), over 2 z.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ibis.expr import types as ir

from experiments.outcomes import AnyOutcome, Measured, Samples
from experiments.plans import MetricSpec
from experiments.stats import Moments

Z = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Units whose quantile is asked for.

    Attributes:
        metric: The metric's place.
        arm: Theirs.
        stratum: Theirs; None: of all strata.
        units: How many there are.
        last_cohort: Later ones are not mature; None: all are.
    """

    metric: int
    arm: str
    stratum: str | None
    units: int
    last_cohort: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesWithQuantiles(Samples):
    """A quantile of everyone is not the sum of its strata, so it is kept beside them.

    Attributes:
        wholes: By (metric, arm).
    """

    wholes: Mapping[tuple[str, str], Measured]

    def overall(self, metric: str, arm: str, *, is_capped: bool = True) -> AnyOutcome:
        whole = self.wholes.get((metric, arm))
        return whole or Samples.overall(self, metric, arm, is_capped=is_capped)


def everyone(exposures: ir.Table, units: ir.Table, metrics: Sequence[MetricSpec]) -> ir.Table:
    """All units with the values of the quantile metrics: 0 for those that did nothing."""
    names = [f"m{index}_value" for index in _places(metrics)]
    done = units.select("unit_id", *names).rename(done_by="unit_id")
    beside = exposures.left_join(done, exposures.unit_id == done.done_by)
    groups = [name for name in ("arm", "stratum", "cohort") if name in exposures.columns]
    return beside.select(*groups, **{name: beside[name].fill_null(0) for name in names})


def slices_of(
    metrics: Sequence[MetricSpec], samples: Samples, last_cohorts: Mapping[str, int]
) -> list[Slice]:
    """Every quantile metric's arms, and their strata where there are any."""
    strata = [None, *samples.strata] if any(samples.strata) else [None]
    slices = [
        Slice(
            metric=place,
            arm=arm,
            stratum=stratum,
            units=_size(samples, metrics[place], arm, stratum),
            last_cohort=last_cohorts.get(metrics[place].key),
        )
        for place in _places(metrics)
        for arm in sorted({arm for _, arm in samples.units})
        for stratum in strata
    ]
    return [each for each in slices if each.units]


def quantile_points(
    units: ir.Table, metrics: Sequence[MetricSpec], slices: Sequence[Slice], *, is_exact: bool
) -> ir.Table:
    """One row with three quantiles for each slice.

    Args:
        units: One row for each unit, those that did nothing included.
        metrics: As given to `unit_outcomes`.
        slices: At least one.
        is_exact: Whether the engine has an exact quantile.
    """
    points = {}
    for place, each in enumerate(slices):
        value = units[f"m{each.metric}_value"].cast("float64")
        ask = value.quantile if is_exact else value.approx_quantile
        for name, share in _shares(metrics[each.metric], each.units).items():
            points[f"q{place}_{name}"] = ask(share, where=_is_in(units, each))
    return units.aggregate(**points)


def with_quantiles(
    samples: Samples, row: Mapping[str, Any], metrics: Sequence[MetricSpec], slices: Sequence[Slice]
) -> Samples:
    """The quantiles in the place of the means, from a row of `quantile_points`."""
    wholes: dict[tuple[str, str], Measured] = {}
    parts: dict[tuple[str, str, str], Measured] = {}
    for place, each in enumerate(slices):
        key = metrics[each.metric].key
        found = _measured(row, f"q{place}", each.units)
        if each.stratum is None:
            wholes[key, each.arm] = _with_totals(found, samples.overall(key, each.arm))
        else:
            own = samples.of(key, each.stratum, each.arm)
            parts[key, each.stratum, each.arm] = _with_totals(found, own)
    return SamplesWithQuantiles(
        units=samples.units,
        outcomes={**samples.outcomes, **parts},
        uncapped=samples.uncapped,
        mature=samples.mature,
        periods=samples.periods,
        wholes=wholes,
    )


def _places(metrics: Sequence[MetricSpec]) -> list[int]:
    return [index for index, metric in enumerate(metrics) if metric.kind == "quantile"]


def _size(samples: Samples, metric: MetricSpec, arm: str, stratum: str | None) -> int:
    counted = samples.units_for(metric.key)
    strata = samples.strata if stratum is None else (stratum,)
    return sum(counted.get((each, arm), 0) for each in strata)


def _is_in(units: ir.Table, each: Slice) -> ir.BooleanValue:
    inside = units.arm == each.arm
    if each.stratum is not None:
        inside &= units.stratum == each.stratum
    return inside if each.last_cohort is None else inside & (units.cohort <= each.last_cohort)


def _shares(metric: MetricSpec, size: int) -> dict[str, float]:
    middle = metric.quantile or 0.5
    step = Z * math.sqrt(middle * (1 - middle) / max(size, 1))
    return {"low": max(middle - step, 0.0), "at": middle, "high": min(middle + step, 1.0)}


def _measured(row: Mapping[str, Any], prefix: str, size: int) -> Moments:
    """Moments whose mean is the quantile, and whose standard error is the quantile's."""
    error = (row[f"{prefix}_high"] - row[f"{prefix}_low"]) / (2 * Z)
    return Moments(
        units=size,
        means=(float(row[f"{prefix}_at"]),),
        products=((float(error * error * size * max(size - 1, 0)),),),
    )


def _with_totals(found: Moments, own: AnyOutcome) -> Measured:
    """The sum of the values is still that of the values."""
    return Measured(joint=found, total=own.total, doers=own.doers)
